"""Raw model output -> data. Every tolerance about what models send lives here, each with its reason.

A reply that cannot be read raises ``Unparsed`` with all that is wrong with it; asking once more, and the
state ``unparsed`` after that, are the caller's. Nothing is ever guessed: where a reply has two readings it
has none. ``fixtures/replies/`` has a sample of every case.

========== =============================================================================================
outcome    what a parser is told, and what it hands back
framing    white space, byte order marks, reasoning round an answer
json_text  raw text -> JSON values, with the repairs that have one reading
choosing   which of several values is the answer, and what models wrap round it
entries    the fields of an entry: evidence numbers, texts, keys nobody asked for
texts      the words: made clean, cut off, repeated, banned, in another language
wishes     what is worth asking for once more
answers    the summary and the claims of the standard profile
verdicts   a judge's answer
reasons    whether a judge's reason says the same as its label
plain      a summary in plain text, of the compact profile
========== =============================================================================================
"""

from .answers import parse_claims, parse_summary
from .outcome import Expected, Parsed, Unparsed
from .plain import parse_plain_summary
from .reasons import belies
from .texts import words_of
from .verdicts import JudgeVerdict, parse_verdicts

__all__ = [
    "Expected",
    "JudgeVerdict",
    "Parsed",
    "Unparsed",
    "belies",
    "parse_claims",
    "parse_plain_summary",
    "parse_summary",
    "parse_verdicts",
    "words_of",
]
