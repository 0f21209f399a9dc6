"""What is wrong with an answer that can be used: worth asking once more, and told if it stays."""

from collections.abc import Sequence

from . import texts
from .outcome import Expected, quoted

Named = tuple[str, str]  # what an entry is called in a message ("sentence 2"), and its text


def of(entries: Sequence[Named], expected: Expected) -> tuple[list[str], list[str]]:
    """Wishes and notes about the language and the words of the entries that are kept."""
    language = _language(entries, expected)
    words, notes = _banned(entries, expected.banned_words)
    return [*language, *words], notes


def _language(entries: Sequence[Named], expected: Expected) -> list[str]:
    """The checker flags a statement in another language by itself; here it is only asked for again."""
    tag = expected.language
    # The detector takes as long as all the rest of reading a reply: only for what the article's words
    # do not settle.
    doubtful = [(name, text) for name, text in entries if not texts.shares_words(text, expected.words)]
    if not doubtful:
        return []
    wanted = f"write in {texts.language_name(tag)}, the article's language"
    if len(doubtful) == len(entries):
        other = texts.other_language("\n".join(text for _, text in entries), tag)
        if other:
            return [f"{wanted}: the answer is in {texts.language_name(other)}"]
    found = [(name, texts.other_language(text, tag)) for name, text in doubtful]
    return [f"{wanted}: {name} is in {texts.language_name(code)}" for name, code in found if code]


def _banned(entries: Sequence[Named], words: Sequence[str]) -> tuple[list[str], list[str]]:
    found = [(name, texts.banned(text, words)) for name, text in entries]
    wishes = [f"{name}: do not use {_listed(used)}" for name, used in found if used]
    used = list(dict.fromkeys(word for _, words_there in found for word in words_there))
    return wishes, [f"uses words that the house does not print: {_listed(used)}"] if used else []


def _listed(words: Sequence[str]) -> str:
    return ", ".join(quoted(word) for word in words)
