"""HTML: one page, articles with their items and decisions beside them, and no text that becomes markup."""

import io
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from summarizer.errors import SettingsError
from summarizer.export import html
from summarizer.export.html import write_html
from summarizer.export.rows import Row, Written
from summarizer.review_items import Change, ChangeKind, ItemStatus
from tests.export_data import HOSTILE, hostile_row, row, shared_strings, shifted


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(*rows: Row) -> tuple[Page, Written]:
    out = io.StringIO(newline="")
    written = write_html(rows, out)
    found = Page()
    found.feed(out.getvalue())
    return found, written


def test_items_of_an_article_stand_together_with_their_decisions() -> None:
    first = row(decisions=[{"reviewer": "ada", "note": "too high"}, {"reviewer": "bo"}], document="one")
    second = row("A bridge in Lindholm.", document="two", inside="Two.")
    third = row("The mayor said so.", document="one", status=ItemStatus.WITHDRAWN)
    change = Change(ChangeKind.REWORDED, "it was worded differently", "before")
    third = msgspec.structs.replace(third.item, change=change), third.article
    found, written = page(first, second, Row(*third))
    assert (written.items, written.rows) == (3, 4)
    words = " ".join(found.text.split())
    for one in (first.item, second.item, third[0]):
        assert f"item {one.id}" in words
    assert words.index(third[0].id) < words.index(second.item.id)
    assert "contradicted: too high" in words
    start = first.article.text.index("the mayor said")
    assert f"evidence at {start}–{start + 14}" in words
    assert "withdrawn: a later version" in words
    assert "it was worded differently" in words
    assert "model gpt-x, summarizer 0.1.0, checker 7" in words


def test_no_items_are_a_page_that_says_so() -> None:
    found, written = page()
    assert "Nothing to show" in found.text
    assert written == Written(0, 0, {})


def test_a_span_that_is_none_is_told() -> None:
    _, written = page(shifted(row(), 3))
    assert [one.what for one in written.told] == ["evidence 3-17: other words stand there"]


def test_a_page_takes_so_many_items_and_no_more() -> None:
    one = row()
    with pytest.raises(SettingsError, match="5,000 items") as caught:
        write_html((one for _ in range(html.MOST_ITEMS + 1)), io.StringIO())
    assert "--since" in str(caught.value.hint)


def harmless(*rows: Row) -> None:
    found, written = page(*rows)
    assert written.items == len(rows)
    assert not {"script", "img", "iframe", "object", "embed", "link", "form"} & set(found.tags)
    for name, value in found.attributes:
        assert not name.startswith("on")
        if name in ("href", "src"):
            assert value.startswith(("#", "https://daily.example/"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    harmless(hostile_row(text))


@pytest.mark.shared_data
def test_no_hostile_string_becomes_markup(shared_data: Path) -> None:
    rows = [hostile_row(text) for text in shared_strings(shared_data)]
    for start in range(0, len(rows), 100):
        harmless(*rows[start : start + 100])
