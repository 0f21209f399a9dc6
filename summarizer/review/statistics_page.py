"""The statistics as one HTML file with plots: no script, nothing from elsewhere."""

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ..render.plots import Bar, Series, bar_plot, line_plot
from ..render.safe import safe
from .statistics import Statistics


def render(found: Statistics, queue: str) -> str:
    """The page. Raises MissingExtra without matplotlib (extra ``evaluation``)."""
    environment = Environment(
        loader=PackageLoader("summarizer.review"), autoescape=True, trim_blocks=True, finalize=_shown
    )
    age = found.age
    cards = [(name, f"{number:,}") for name, number in found.by_status.items()]
    cards += [(f"decided {name.replace('_', ' ')}", f"{number:,}") for name, number in found.verdicts.items()]
    if age.oldest_s is not None:
        cards.append(("oldest open item", f"{age.oldest_s / 86400:.1f} days"))
    return environment.get_template("statistics.html.j2").render(
        found=found,
        queue=queue,
        cards=cards,
        precision_plot=_precision(found),
        days_plot=_days(found),
        age_plot=_ages(found),
    )


def _shown(value: object) -> object:
    """What people typed, without the characters that turn the text around it."""
    return safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _precision(found: Statistics) -> Markup:
    if not found.codes:
        return Markup("")
    bars = [Bar(f"{one.code} ({one.decided})", one.precision, one.low, one.high) for one in found.codes]
    title = "Share of flags that reviewers confirmed"
    return _inert(bar_plot(bars, title=title, value_label="precision", value_range=(0, 1), percent=True))


def _days(found: Statistics) -> Markup:
    if not found.days:
        return Markup("")
    places = [float(number) for number in range(len(found.days))]
    series = [
        Series("put in", places, [float(day.added) for day in found.days], dashed=True, marked=True),
        Series("decided", places, [float(day.decided) for day in found.days], marked=True),
    ]
    names = [day.day for day in found.days]
    top = (0.0, 1.05 * max(1, *(max(day.added, day.decided) for day in found.days)))
    return _inert(
        line_plot(
            series, title="Items a day", x_label="day (UTC)", y_label="items", y_range=top, x_names=names
        )
    )


def _ages(found: Statistics) -> Markup:
    if not found.age.open:
        return Markup("")
    bars = [Bar(name, float(number)) for name, number in found.age.by_days.items()]
    return _inert(bar_plot(bars, title="How long open items have waited", value_label="items"))


def _inert(svg: str) -> Markup:
    """A drawing of ours: its labels are escaped by whoever draws it."""
    return Markup(svg)  # noqa: S704
