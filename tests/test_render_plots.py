"""Plots: what stands in the SVG text, that it is the same every time, and that nothing in it acts."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from summarizer.render.plots import Bar, Mark, Series, bar_plot, line_plot
from tests import services

SVG = "{http://www.w3.org/2000/svg}"
LINES = [
    Series("rules", [0, 0.5, 1], [0, 0.8, 1], low=[0, 0.7, 1], high=[0, 0.9, 1], marked=True),
    Series("chance", [0, 1], [0, 1], dashed=True),
]


def drawn(title: str = "Recall") -> str:
    return line_plot(
        LINES,
        title=title,
        x_label="reviewed",
        y_label="found",
        x_percent=True,
        marks=[Mark(0.5, 0.8, "here")],
    )


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()).strip() for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_line_plot_says_what_it_shows() -> None:
    svg = drawn()
    assert svg.startswith("<svg")
    assert {"reviewed", "found", "rules", "chance", "here", "100 %"} <= set(words(svg))
    assert 'role="img" aria-label="Recall"' in svg


def test_bars_have_labels_in_the_order_given() -> None:
    svg = bar_plot(
        [Bar("dates", 0.4, 0.3, 0.5), Bar("names", 0.2)], title="By kind", value_label="caught", percent=True
    )
    shown = words(svg)
    assert shown.index("dates") < shown.index("names")
    assert "caught" in shown


def test_places_with_names() -> None:
    days = [f"day {n}" for n in range(30)]
    svg = line_plot(
        [Series("", range(30), range(30))], title="Days", x_label="", y_label="decided", x_names=days
    )
    assert "day 0" in words(svg)
    assert "day 1" not in words(svg)  # thirty names do not fit


def test_a_plot_takes_the_pages_colours_and_no_fixed_size() -> None:
    svg = drawn()
    assert "currentColor" in svg
    assert "#010203" not in svg
    opening = svg.split(">", 1)[0]
    assert "viewBox" in opening
    assert not re.search(r'\b(?:width|height)="', opening)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('<script>alert("x")</script>', id="a script"),
        pytest.param("]]><!-- $\\frac{1}{0}$ & \u202e", id="marks of other languages"),
    ],
)
def test_names_from_outside_stay_text(name: str) -> None:
    svg = line_plot(
        [Series(name, [0, 1], [0, 1]), Series("b", [0], [0])], title=name, x_label=name, y_label="y"
    )
    tree = ET.fromstring(svg)
    assert words(svg).count(name.strip()) == 2
    assert not list(tree.iter(f"{SVG}script"))


def test_two_plots_on_a_page_share_no_id() -> None:
    one, two = (set(re.findall(r' id="([^"]+)"', drawn(title))) for title in ("one", "two"))
    assert one
    assert not one & two


def test_the_same_in_another_process(tmp_path: Path) -> None:
    code = "from tests.test_render_plots import drawn; print(drawn())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(tmp_path)},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.browser
def test_chromium_shows_it(chromium: services.Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{drawn()}</body>", encoding="utf-8")
    assert "reviewed" in chromium.dom(page)
