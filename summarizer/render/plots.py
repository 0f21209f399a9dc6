"""Plots as SVG text, to stand inside an HTML page: no script, no font file, no address outside.

Drawn with matplotlib (extra ``evaluation``), imported late: without it, ``MissingExtra`` says what to
type. Text and axes take the page's colour (``currentColor``), so that one plot is readable light and
dark. The same data give the same text, on every machine with the same matplotlib.
"""

import html
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Told apart by people who see few colours, and in grey; after Okabe and Ito, the blue lighter for dark pages.
COLOURS = ("#2383c4", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_INK = "#010203"  # drawn in this, and turned into the page's colour afterwards
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.parse_math": False,  # a "$" in a label is a dollar
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": f"cycler('color', {list(COLOURS)})",
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Series:
    """A line: points in order. ``low`` and ``high``, of the same length, make a shaded interval."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    dashed: bool = False
    marked: bool = False  # a dot at every point


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; ``low`` and ``high`` are the ends of its interval on the same scale."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A point worth pointing at, with a few words beside it."""

    x: float
    y: float
    text: str


def line_plot(
    series: Sequence[Series],
    *,
    title: str,
    x_label: str,
    y_label: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    x_percent: bool = False,
    y_percent: bool = False,
    x_names: Sequence[str] | None = None,
    diagonal: bool = False,
    marks: Sequence[Mark] = (),
    size: tuple[float, float] = (6.4, 3.8),
) -> str:
    """Lines over a common axis as SVG text.

    ``x_names`` name the places 0, 1, 2, … of an axis without numbers (days, names); ``diagonal`` adds
    the line where both axes agree; ``size`` is in inches. Raises MissingExtra without matplotlib.
    """
    with _drawing(title, size) as (axes, drawn):
        for one in series:
            (line,) = axes.plot(
                list(one.x),
                list(one.y),
                label=one.name,
                linestyle="--" if one.dashed else "-",
                marker="o" if one.marked else None,
                markersize=4,
            )
            if one.low is not None and one.high is not None:
                axes.fill_between(
                    list(one.x), list(one.low), list(one.high), color=line.get_color(), alpha=0.18, lw=0
                )
        if diagonal:
            axes.axline((0, 0), slope=1, color=_INK, linewidth=0.8, linestyle=":")
        for mark in marks:
            axes.plot([mark.x], [mark.y], marker="D", color=_INK, markersize=5)
            axes.annotate(mark.text, (mark.x, mark.y), xytext=(7, -12), textcoords="offset points")
        _finish(axes, x_label, y_label, x_range, y_range, x_percent, y_percent)
        if x_names is not None:
            step = max(1, len(x_names) // 12)
            axes.set_xticks(range(0, len(x_names), step), list(x_names)[::step], rotation=30, ha="right")
        if len(series) > 1 and any(one.name for one in series):
            axes.legend()
    return drawn.text


def bar_plot(
    bars: Sequence[Bar],
    *,
    title: str,
    value_label: str,
    value_range: tuple[float, float] | None = None,
    percent: bool = False,
    size: tuple[float, float] | None = None,
) -> str:
    """Horizontal bars, the first on top, as SVG text. Raises MissingExtra without matplotlib."""
    with _drawing(title, size or (6.4, 1.0 + 0.32 * max(1, len(bars)))) as (axes, drawn):
        places = range(len(bars))
        axes.barh(places, [bar.value for bar in bars], color=COLOURS[0], height=0.62)
        for place, bar in enumerate(bars):
            if bar.low is not None and bar.high is not None:
                axes.plot([bar.low, bar.high], [place, place], color=_INK, linewidth=1.2)
        axes.set_yticks(places, [bar.label for bar in bars])
        axes.invert_yaxis()
        _finish(axes, value_label, "", value_range, None, percent, False)
    return drawn.text


class _Drawn:
    text = ""


@contextmanager
def _drawing(title: str, size: tuple[float, float]) -> Iterator[tuple["Axes", _Drawn]]:
    try:
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("plots", "evaluation", "matplotlib") from error
    drawn = _Drawn()
    style: Any = {**_STYLE, "svg.hashsalt": title}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # The reader's browser draws the letters, so it does not matter which ones matplotlib's own font has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=size, layout="constrained")
        canvas = FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        yield axes, drawn
        made = io.StringIO()
        write: Any = canvas.print_svg  # which has no types
        write(made, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn.text = _for_a_page(made.getvalue(), title)


def _finish(
    axes: "Axes",
    x_label: str,
    y_label: str,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    x_percent: bool,
    y_percent: bool,
) -> None:
    from matplotlib.ticker import PercentFormatter

    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(visible=True, color=_INK, alpha=0.12)
    axes.set_axisbelow(True)
    if x_range is not None:
        axes.set_xlim(*x_range)
    if y_range is not None:
        axes.set_ylim(*y_range)
    if x_percent:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    if y_percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))


# Ids that nothing refers to, and that would be there twice on a page with two plots.
_IDS = re.compile(
    r' id="(?:figure|axes|patch|text|line2d|matplotlib\.axis|[xy]tick|legend|[A-Za-z]+Collection)_\d+"'
)
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_SIZE = re.compile(r' (?:width|height)="[\d.]+pt"')


def _for_a_page(svg: str, title: str) -> str:
    """The picture alone: no document head, no fixed size, the page's own colour, words for who hears it."""
    svg = _IDS.sub("", _HEAD.sub("", svg)).replace(_INK, "currentColor")
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    opening, rest = svg.split(">", 1)
    opening = f'{_SIZE.sub("", opening)} role="img" aria-label="{html.escape(title)}">'
    # The first patch is the figure's white ground; the page has its own.
    rest = re.sub(r"fill: #ffffff", "fill: none", rest)
    return (opening + rest).strip()
