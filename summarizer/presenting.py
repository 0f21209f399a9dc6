"""An article as the model sees it: fenced, its sentences numbered, nothing invisible in it."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from babel import Locale, UnknownLocaleError

from .article import Article, Sentence, SentenceKind
from .report import SummarySentence


def fence(article: Article, also: str = "") -> str:
    """A line that neither the article nor ``also`` contains.

    It is made from the article's own hash, salted for as long as it occurs.
    """
    salt = 0
    while True:
        digest = hashlib.sha256(f"{salt}:{article.id}".encode()).hexdigest()[:16]
        if not any(digest in text for text in (article.text, article.title or "", also)):
            return f"=====ARTICLE-{digest}====="
        salt += 1


def running(sentences: Iterable[Sentence]) -> str:
    """The plain text: sentences of a paragraph behind each other, a blank line between paragraphs."""
    paragraphs = groupby(sentences, key=lambda sentence: sentence.paragraph)
    return "\n\n".join(" ".join(model_copy(s.text) for s in group) for _, group in paragraphs)


def numbered(sentences: Sequence[Sentence]) -> str:
    """One sentence a line behind its number, a blank line between paragraphs."""
    lines: list[str] = []
    paragraph = sentences[0].paragraph if sentences else 0
    for sentence in sentences:
        if sentence.paragraph != paragraph:
            lines.append("")
            paragraph = sentence.paragraph
        lines.append(f"[{sentence.number}] {model_copy(sentence.text)}")
    return "\n".join(lines)


def excerpt(sentences: Sequence[Sentence]) -> str:
    """Some sentences in order, a line each behind its number; "…" where others are left out."""
    lines: list[str] = []
    last = 0
    for sentence in sentences:
        if sentence.number != last + 1:
            lines.append("…")
        lines.append(f"[{sentence.number}] {model_copy(sentence.text)}")
        last = sentence.number
    return "\n".join(lines)


def noted(sentences: Iterable[SummarySentence]) -> str:
    """Sentences of partial summaries, a line each behind the numbers that they rest on."""
    return "\n".join(
        f"{''.join(f'[{number}]' for number in sentence.cited or ())} {model_copy(sentence.text)}"
        for sentence in sentences
    )


# Characters that a reader cannot see and a model can: tags, variation selectors, zero width.
_INVISIBLE = re.compile("[\U000e0000-\U000e007f\ufe00-\ufe0f\u200b-\u200d\u2060]")


def model_copy(text: str) -> str:
    """A sentence as the model sees it: on one line, nothing invisible in it.

    No way back to offsets is needed: models cite sentence numbers, never text.
    """
    return " ".join(_INVISIBLE.sub("", text).split())


def headline(article: Article) -> str:
    """The title, where it is not itself the first numbered sentence."""
    title = model_copy(article.title or "")
    if not title or article.sentences[0].kind is SentenceKind.HEADLINE:
        return ""
    return f"Headline: {title}\n"


def language_name(tag: str) -> str:
    """A language in English, as "German"; "the article's language" for one that is not known."""
    try:
        name = Locale.parse("en").languages.get(tag.replace("_", "-").split("-")[0].lower())
    except (UnknownLocaleError, ValueError):
        name = None
    return "the article's language" if name is None or tag == "und" else name
