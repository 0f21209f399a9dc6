"""Long articles in parts: nothing is left out, cuts fall between sentences, claims come back once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Article, Sentence
from summarizer.chunks import halves, join, split
from summarizer.report import Claim
from summarizer.tokens import estimate

LINE = "The harbour board of Lindholm met again and looked at invoice number {} of the year."


def sentences(count: int, per_paragraph: int = 5) -> tuple[Sentence, ...]:
    lines = [LINE.format(n) for n in range(1, count + 1)]
    paragraphs = [" ".join(lines[at : at + per_paragraph]) for at in range(0, count, per_paragraph)]
    made = Article.from_text("\n\n".join(paragraphs), language="en").sentences
    assert len(made) == count
    return made


def test_what_fits_stays_whole() -> None:
    made = sentences(10)
    assert split(made, 10_000) == [made]


@given(count=st.integers(2, 120), room=st.integers(10, 900), per_paragraph=st.integers(1, 40))
def test_every_sentence_is_in_a_part_and_no_part_is_too_large(
    count: int, room: int, per_paragraph: int
) -> None:
    made = tuple(
        Sentence(n, n * 100, n * 100 + 80, LINE.format(n), paragraph=n // per_paragraph)
        for n in range(1, count + 1)
    )
    parts = split(made, room)
    assert [s.number for s in dict.fromkeys(s for part in parts for s in part)] == list(range(1, count + 1))
    for part in parts:
        numbers = [s.number for s in part]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert len(part) == 1 or sum(estimate(s.text) + 4 for s in part) <= room
    for one, two in pairwise(parts):
        assert one[0].number < two[0].number <= one[-1].number + 1
        assert two[-1].number > one[-1].number


def test_parts_overlap_and_are_about_equal() -> None:
    made = sentences(200)
    parts = split(made, 1200)
    assert len(parts) >= 4
    for one, two in pairwise(parts):
        assert two[0].number <= one[-1].number
    sizes = [len(part) for part in parts]
    assert min(sizes) > 0.6 * max(sizes)


def test_parts_end_at_paragraphs_where_one_ends_nearby() -> None:
    made = sentences(200, per_paragraph=4)
    parts = split(made, 1200)
    assert all(part[-1].number % 4 == 0 for part in parts)


def test_a_sentence_larger_than_the_room_stands_alone() -> None:
    made = (
        Sentence(1, 0, 9, "Short one."),
        Sentence(2, 10, 900, "word " * 900),
        Sentence(3, 901, 910, "Short two."),
    )
    parts = split(made, 300)
    assert (made[1],) in parts
    assert {s.number for part in parts for s in part} == {1, 2, 3}


@pytest.mark.parametrize("count", [2, 3, 10, 11])
def test_halves_hold_everything(count: int) -> None:
    part = sentences(20)[:count]
    one, two = halves(part)
    assert len(one) < count
    assert len(two) < count
    assert set(one) | set(two) == set(part)


def claim(text: str, *cited: int, speaker: str | None = None) -> Claim:
    return Claim("c1", text, cited, speaker)


A = "Lindholm's council approved $6.2 million for the bridge."
JOINED = [
    pytest.param([[claim(A, 4)], [claim(A, 5)]], [(A, (4, 5))], 1, id="word for word"),
    pytest.param(
        [[claim(A, 4)], [claim("Lindholm's  COUNCIL approved $6.2 million for the bridge.", 4)]],
        [(A, (4,))],
        1,
        id="but for case and blanks",
    ),
    pytest.param(
        [[claim(A, 4)], [claim("Lindholm's council approved $6.2 million for the bridges.", 4, 5)]],
        [(A, (4, 5))],
        1,
        id="a letter apart, about one sentence",
    ),
    pytest.param(
        [[claim(A, 4)], [claim("Lindholm's council approved $6.3 million for the bridge.", 4)]],
        [(A, (4,)), ("Lindholm's council approved $6.3 million for the bridge.", (4,))],
        0,
        id="another figure",
    ),
    pytest.param(
        [[claim(A, 4)], [claim("Lindholm's council approved $6.2 million for the bridges.", 9)]],
        [(A, (4,)), ("Lindholm's council approved $6.2 million for the bridges.", (9,))],
        0,
        id="a letter apart, about other sentences",
    ),
    pytest.param([[], [claim(A, 4)], []], [(A, (4,))], 0, id="empty parts"),
]


@pytest.mark.parametrize(("parts", "expected", "twice"), JOINED)
def test_joining(parts: list[list[Claim]], expected: list[tuple[str, tuple[int, ...]]], twice: int) -> None:
    claims, left_out = join([tuple(part) for part in parts])
    assert [(c.text, c.cited) for c in claims] == expected
    assert left_out == twice
    assert [c.id for c in claims] == [f"c{n}" for n in range(1, len(claims) + 1)]


def test_the_speaker_of_either_is_kept() -> None:
    claims, _ = join([(claim(A, 4),), (claim(A, 4, speaker="Ellen Brandt"),)])
    assert claims[0].speaker == "Ellen Brandt"


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from([A, "It rained.", "It snowed."]), st.integers(1, 3)), max_size=4),
        max_size=4,
    )
)
def test_joining_loses_nothing(parts: list[list[tuple[str, int]]]) -> None:
    given_claims = [tuple(claim(text, n) for text, n in part) for part in parts]
    claims, left_out = join(given_claims)
    assert len(claims) + left_out == sum(map(len, given_claims))
    assert {c.text for c in claims} == {c.text for part in given_claims for c in part}
