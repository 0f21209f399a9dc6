"""The summary of the compact profile: plain text, as very small models write it.

They add things whatever the prompt says, and they do not stop. Left out, besides reasoning:

- a lead-in ("Here is a summary:"), list marks, bold, the lines of a code fence: form, and not told;
- sentences repeated word for word, sentences too long or too short to be one, and what comes after as
  many as were asked for: told in the note.

JSON and error pages of servers are refused: neither is a summary in words.
"""

import re

from .. import schemas, segmentation
from ..report import Summary, SummarySentence
from . import entries, framing, texts, wishes
from .outcome import Expected, Parsed, Unparsed

# Some ten times what a summary has; cutting a text into sentences takes more than its length in time.
_MOST_READ = 8_000

# "Here is a summary of the article in 3 sentences:" and its like, as small models open with.
_LEAD_IN = re.compile(
    r"^(?:sure|certainly|of course|here(?:'s|’s| is| are)|the following is|(?:in )?summary"
    r"|hier ist|zusammenfassung|voici|résumé|aquí|resumen|oto|podsumowanie|ось|підсумок|резюме)\b"
    r"[^\n:!]{0,120}[:!]\s*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"^[ \t]*(?:[-*•#>]+|\(?\d{1,2}[.)])[ \t]+|\*\*|__", re.MULTILINE)
_FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]+")


def parse_plain_summary(raw: str, expected: Expected, *, cut_off: bool) -> Parsed[Summary]:
    """The first sentences of a plain-text reply, as many as were asked for.

    Of a reply that was ``cut_off`` the whole sentences are taken, and it is not complete when they are
    fewer than asked for. Raises Unparsed.
    """
    text = framing.stripped(raw)
    reasoned = bool(framing.tags(text))
    if reasoned:
        text = framing.without_reasoning(text)
    written, unread = _sentences(text, expected, cut_off)
    repeated = texts.repeats(written)
    distinct = [text for text, again in zip(written, repeated, strict=True) if not again]
    bounds = entries.entry_schema("summary")["text"]
    fitting = [text for text in distinct if bounds["minLength"] <= len(text) <= bounds["maxLength"]]
    if not fitting:
        raise Unparsed([_why_none(distinct, bounds["minLength"], bounds["maxLength"])])
    count = min(expected.count, schemas.load("summary")["properties"]["sentences"]["maxItems"])
    kept, more = fitting[:count], len(fitting[count:])
    data = {"headline": None, "sentences": [{"evidence": [1], "text": text} for text in kept]}
    if problems := schemas.violations("summary", data):
        raise Unparsed(problems)

    short = cut_off and len(kept) < count
    repeats_note, loop = texts.repeats_note(repeated)
    unfit = len(distinct) - len(fitting)
    wanted, told = wishes.of([(f"sentence {n}", text) for n, text in enumerate(kept, 1)], expected)
    notes = [
        f"cut off after {len(kept)} whole sentences of {count}" if short else None,
        repeats_note,
        f"left out: {unfit} too long or too short for a sentence" if unfit else None,
        f"left out: what the model wrote after {count} sentences ({more} more)" if more else None,
        f"left out: what the model wrote after {_MOST_READ} characters" if unread else None,
        "left out: the model's reasoning" if reasoned else None,  # its tags may be the article's words
        *told,
    ]
    summary = Summary(None, tuple(SummarySentence(f"s{n}", text) for n, text in enumerate(kept, 1)))
    return Parsed(
        summary,
        "; ".join(note for note in notes if note) or None,
        complete=not short,
        wishes=(*([texts.LOOP_WISH] if loop and len(kept) < count else []), *wanted),
    )


def _sentences(text: str, expected: Expected, cut_off: bool) -> tuple[list[str], bool]:
    """The sentences with a letter in them, one line each, and whether there is more text than was read."""
    _refuse_data(text)
    unread = len(text) > _MOST_READ
    text = _FENCE_LINE.sub("", text[:_MOST_READ]).strip()
    text = _MARKUP.sub("", _LEAD_IN.sub("", text)).strip()
    text = _BLANKS.sub(" ", texts.visible(text))
    pieces = segmentation.segment(text, expected.language) if text else ()
    if cut_off or unread:
        pieces = pieces[:-1]
    written = [texts.one_line(text[piece.start : piece.end]) for piece in pieces]
    return [sentence for sentence in written if any(c.isalpha() for c in sentence)], unread


_PAGE = re.compile(r"<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
# "[Update] The council …" and "[1] The council …" are words; any other bracket at the front opens a list.
_LABEL = re.compile(r"\[[\w ]{1,30}\]\s+\w")


def _refuse_data(text: str) -> None:
    bare = _FENCE_LINE.sub("", text).strip()
    if _PAGE.match(bare):
        raise Unparsed(["the reply is a web page, and a text was asked for; write sentences"])
    if bare.startswith("{") or (bare.startswith("[") and not _LABEL.match(bare)):
        raise Unparsed(["the reply is JSON or the like, and a text was asked for; write sentences"])


def _why_none(sentences: list[str], least: int, most: int) -> str:
    if any(len(sentence) > most for sentence in sentences):
        return f"the reply has no whole sentence: one goes on for more than {most} characters, too long"
    if sentences:
        return f"the reply has no whole sentence: none has {least} characters"
    return "the reply has no whole sentence"
