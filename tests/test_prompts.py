"""Prompt files: every missing or unused name at once, folders of one's own, the same text the same hash."""

from pathlib import Path

import pytest

from summarizer.errors import ResourceError
from summarizer.prompts import Prompts, Template, hash_of, style_lines
from summarizer.resources import prompts_dir
from summarizer.settings import Style

VALUES = {
    "summary": {"sentences": 3, "language": "English", "style": ""},
    "claims": {"max_claims": 5, "language": "English"},
    "merge": {
        "sentences": 3,
        "language": "English",
        "style": "",
        "fence": "==",
        "headline": "",
        "notes": "[1] It rained.",
    },
}
COMPACT = {"sentences": 3, "style": "", "article": "It rained."}


def builtin(folder: Path | None = None) -> Prompts:
    return Prompts(prompts_dir(), folder)


@pytest.mark.parametrize("task", sorted(VALUES))
def test_the_built_in_prompts_take_just_what_they_are_given(task: str) -> None:
    rendered = builtin().task(task).render(VALUES[task], before="ARTICLE")
    assert rendered.user.startswith("ARTICLE\n\n")
    assert "$" not in rendered.user
    assert rendered.system is not None
    assert rendered.system.startswith("You work on the desk")


def test_tasks_share_their_system_prompt_so_that_a_prefix_cache_pays_once() -> None:
    systems = {builtin().task(task).system for task in VALUES}
    assert len(systems) == 1


def test_the_worked_examples_are_answers_that_the_parsers_take() -> None:
    from summarizer.parsing import Expected, parse_claims, parse_summary

    text = builtin().task("summary").system or ""
    replies = [line for line in text.splitlines() if line.startswith("{")]
    assert len(replies) == 4
    for reply, language in zip(replies, ("en", "en", "es", "es"), strict=True):
        parse = parse_summary if '"headline"' in reply else parse_claims
        parsed = parse(reply, Expected(language, 8))
        assert (parsed.note, parsed.complete, parsed.wishes) == (None, True, ())


def test_same_values_same_hash() -> None:
    one, two = (builtin().task("summary").render(VALUES["summary"], before="A") for _ in range(2))
    assert one == two
    assert one.hash == two.hash
    assert len(one.hash) == 16
    assert one.hash != builtin().task("summary").render(VALUES["summary"], before="B").hash
    assert hash_of("a", "b") != hash_of("ab")


def test_compact_prompt_is_one_plain_message() -> None:
    rendered = builtin().task("summary", compact=True).render(COMPACT)
    assert rendered.system is None
    assert rendered.user == "Summarize the following article in 3 sentences.\n\nIt rained."


TEXT = "$who said $what."
FILLED = [
    pytest.param({"who": "A", "what": "b"}, "A said b.", id="all"),
    pytest.param({"who": "$what", "what": "$$5"}, "$what said $$5.", id="values are text"),
    pytest.param({"who": "A", "what": "b", "style": ""}, "A said b.", id="what is empty needs no place"),
]
WRONG = [
    pytest.param({}, r"no value for \$what, \$who$", id="missing"),
    pytest.param({"who": "A", "what": "b", "tone": "dry", "length": 5}, "no placeholder for length, tone$", id="unused"),
    pytest.param({"who": "A", "tone": "dry"}, r"no value for \$what; no placeholder for tone$", id="both"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), FILLED)
def test_filling(values: dict[str, object], expected: str) -> None:
    assert Template("t", TEXT).fill(values) == expected


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_one_error_names_every_wrong_variable(values: dict[str, object], message: str) -> None:
    with pytest.raises(ResourceError, match=message):
        Template("t", TEXT).fill(values)


def test_an_empty_value_leaves_no_trace() -> None:
    text = "One. $style\n\n$style\n\nTwo."
    assert Template("t", text).fill({"style": ""}) == "One.\n\nTwo."


def test_a_lone_dollar_sign_in_a_prompt_is_explained() -> None:
    with pytest.raises(ResourceError, match=r"write \$\$"):
        Template("t", "At most $5 in $n").fill({"n": 3})


STYLES = [
    pytest.param(Style(), "", id="none"),
    pytest.param(Style(words=80), "House style:\n- Length: about 80 words in all.", id="length"),
    pytest.param(
        Style(tone="plain and dry.", banned_words=("slam", "shock"), instructions="Write Kyiv, never Kiev."),
        "House style:\n- Tone: plain and dry.\n- Never use these words: slam, shock.\n- Write Kyiv, never Kiev.",
        id="tone, words, instructions",
    ),
]


@pytest.mark.parametrize(("style", "lines"), STYLES)
def test_house_style(style: Style, lines: str) -> None:
    assert style_lines(style) == lines
    for task in ("summary", "merge"):
        rendered = builtin().task(task).render(VALUES[task] | {"style": style_lines(style)})
        assert lines in rendered.user
    assert lines in builtin().task("summary", compact=True).render(COMPACT | {"style": lines}).user


def test_a_folder_of_ones_own_replaces_files_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "summary").mkdir()
    (tmp_path / "summary/user.md").write_text("Fasse zusammen: $sentences $language $style")
    prompt = builtin(tmp_path).task("summary")
    assert prompt.render(VALUES["summary"]).user == "Fasse zusammen: 3 English"
    assert prompt.system == builtin().task("summary").system
    assert prompt.meta == builtin().task("summary").meta


FOLDERS = [
    pytest.param({"summary/usr.md": "x"}, "files that no prompt has: summary/usr.md", "summary/user.md", id="misspelled"),
    pytest.param({}, "has no prompt file in it", "summary/user.md", id="empty"),
    pytest.param({"README.md": "x"}, "has no prompt file in it", "common/system.md", id="only a README"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "message", "hint"), FOLDERS)
def test_a_folder_that_cannot_be_meant(
    tmp_path: Path, files: dict[str, str], message: str, hint: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(ResourceError, match=message) as caught:
        builtin(tmp_path)
    assert hint in (caught.value.hint or "")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="is no folder"):
        builtin(tmp_path / "nowhere")


METAS = [
    pytest.param("version = 1", "max_tokens", id="field missing"),
    pytest.param('version = 1\nmax_tokens = 5\nmodel = "x"', "model", id="unknown field"),
    pytest.param("version =", "Invalid", id="no TOML"),
    pytest.param("version = 1\nmax_tokens = 0", "above 0", id="no room for an answer"),
]


@pytest.mark.parametrize(("meta", "message"), METAS)
def test_a_wrong_meta_file_is_named(tmp_path: Path, meta: str, message: str) -> None:
    (tmp_path / "summary").mkdir()
    (tmp_path / "summary/meta.toml").write_text(meta)
    with pytest.raises(ResourceError, match=message):
        builtin(tmp_path).task("summary")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common/system.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResourceError, match="cannot be read"):
        builtin(tmp_path).task("summary")
