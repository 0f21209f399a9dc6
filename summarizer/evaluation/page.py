"""An evaluation as one HTML file with plots: no script, nothing from elsewhere."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ..render.plots import Bar, Mark, Series, bar_plot, line_plot
from ..render.safe import safe
from ..render.wording import dollars
from . import metrics
from .metrics import Figure
from .report import Comparison, Evaluation, Group, JudgeRun, scores_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MOST_BARS = 30
_MOST_LABEL = 34  # characters beside a bar
_SQUARE = (4.6, 4.2)  # inches
_ALL = (-0.01, 1.02)  # the two axes of a share, so that a line along an edge is seen

_HOW_ROC = (
    "What a threshold flags of the right statements, and finds of the wrong ones. The mark is the operating point with "
    "all its flags; certain mismatches are flagged whatever the risk, so it may lie off the line."
)
_HOW_REVIEW = (
    "When flagged statements are read first, then the others, each from the highest risk down. The dotted line is "
    "reading in any order."
)

COLUMNS = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy",
    "right_flagged": "right flagged",
    "brier": "Brier",
    "ece": "ECE",
}


def render(found: Evaluation, compared: Comparison | None = None) -> str:
    """The page. Raises MissingExtra without matplotlib (extra ``evaluation``)."""
    environment = Environment(
        loader=PackageLoader("summarizer.evaluation"), autoescape=True, trim_blocks=True, finalize=_shown
    )
    environment.filters |= {"share": _percent, "figure": _figure, "interval": _interval, "signed": _signed}
    return environment.get_template("evaluation.html.j2").render(
        found=found,
        compared=compared,
        policy=POLICY,
        columns=COLUMNS,
        cards=_cards(found),
        plots=[plot for plot in _plots(found) if plot[2]],
        kinds=_kinds(found.groups.get("error type", ())),
        judge=None if found.judged is None else _judge(found.judged),
    )


def _shown(value: object) -> object:
    """What data files say, without the characters that turn the text around it."""
    return safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _figure(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:.3f}"


def _interval(figure: Figure) -> str:
    return "" if figure.low is None or figure.high is None else f"{figure.low:.2f} to {figure.high:.2f}"


def _signed(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:+.3f}"


def _cards(found: Evaluation) -> list[tuple[str, str, str]]:
    """Name, value and interval of what is read first."""
    figures = found.overall.figures
    shares = (
        ("wrong ones found", "recall"),
        ("right ones flagged", "right_flagged"),
        ("flagged ones that are wrong", "precision"),
        ("to be reviewed", "reviewed"),
    )
    cards = [(name, _percent(figures[key].value), _percents(figures[key])) for name, key in shares]
    cards += [
        (name, _figure(figures[key]), _interval(figures[key]))
        for name, key in (("AUROC", "auroc"), ("calibration error (ECE)", "ece"))
    ]
    return [*cards, ("statements a second", f"{found.statements_per_second:,.0f}", "one process")]


def _percents(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{100 * figure.low:.0f} to {100 * figure.high:.0f} %"


def _judge(run: JudgeRun) -> list[tuple[str, str]]:
    tokens = ["unknown" if count is None else f"{count:,}" for count in (run.input_tokens, run.output_tokens)]
    failed = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in run.failed.items())
    return [
        ("model", run.model),
        ("statements asked about", f"{run.asked:,}"),
        ("of these with a verdict that can be read", f"{run.usable:,}"),
        ("calls", f"{run.calls:,}" + (f" ({failed})" if failed else "")),
        ("tokens", f"{tokens[0]} in, {tokens[1]} out"),
        ("cost", "unknown" if run.cost_usd is None else dollars(run.cost_usd)),
        ("time", f"{run.seconds:,.0f} s"),
    ]


# --- plots -----------------------------------------------------------------------------------------


def _plots(found: Evaluation) -> list[tuple[str, str, Markup]]:
    """Title, how to read it, drawing."""
    figures = {name: figure.value for name, figure in found.overall.figures.items()}
    scores = scores_of(found.rows)
    roc, precise = metrics.roc(scores), metrics.precision_recall(scores)
    here = "flagged"
    return [
        (
            "ROC",
            _HOW_ROC,
            _square(
                "ROC", "right statements flagged", "wrong statements found", roc,
                _mark(figures["right_flagged"], figures["recall"], here), diagonal=True,
            ),
        ),
        (
            "Precision and recall",
            "How much of what is flagged is wrong, against how much of the wrong is found.",
            _square(
                "Precision and recall", "wrong statements found (recall)", "flagged ones that are wrong (precision)",
                precise, _mark(figures["recall"], figures["precision"], here),
            ),
        ),
        (
            "Found, by share reviewed",
            _HOW_REVIEW,
            _square(
                "Found, by share reviewed", "statements reviewed", "wrong statements found",
                metrics.Line(found.review.reviewed, found.review.found) if figures["recall"] is not None else None,
                _mark(figures["reviewed"], figures["recall"], here), diagonal=True,
            ),
        ),
        (
            "Reliability",
            "Statements of similar risk: how many of them are wrong. On the dotted line a risk is what it says.",
            _square(
                "Reliability", "risk", "of these wrong",
                metrics.Line(
                    tuple(one.risk for one in found.reliability), tuple(one.wrong for one in found.reliability)
                ),
                diagonal=True, marked=True,
            ),
        ),
    ]  # fmt: skip


def _mark(x: float | None, y: float | None, text: str) -> tuple[Mark, ...]:
    return () if x is None or y is None else (Mark(x, y, text),)


def _square(
    title: str,
    x_label: str,
    y_label: str,
    line: metrics.Line | None,
    marks: Sequence[Mark] = (),
    *,
    diagonal: bool = False,
    marked: bool = False,
) -> Markup:
    if line is None:
        return Markup("")
    return _inert(
        line_plot(
            [Series("", line.x, line.y, marked=marked)],
            title=title,
            x_label=x_label,
            y_label=y_label,
            x_range=_ALL,
            y_range=_ALL,
            x_percent=True,
            y_percent=True,
            diagonal=diagonal,
            marks=marks,
            size=_SQUARE,
        )
    )


def _kinds(groups: Sequence[Group]) -> Markup:
    """What is found of each type of error, the best first."""
    known = [(group, group.figures["recall"]) for group in groups]
    bars = [
        Bar(f"{_label(group.name)} ({group.wrong:,})", figure.value, figure.low, figure.high)
        for group, figure in known
        if figure.value is not None
    ]
    if not bars:
        return Markup("")
    bars.sort(key=lambda bar: -bar.value)
    title = "Wrong statements found, by type of error"
    return _inert(
        bar_plot(
            bars[:_MOST_BARS], title=title, value_label="found (recall)", value_range=(0, 1), percent=True
        )
    )


def _label(name: str) -> str:
    text = str(safe(name))
    return text if len(text) <= _MOST_LABEL else text[: _MOST_LABEL - 1] + "…"


def _inert(svg: str) -> Markup:
    """A drawing of ours: its labels are escaped by whoever draws it."""
    return Markup(svg)  # noqa: S704
