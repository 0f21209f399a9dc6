"""What kind of assertion a sentence is, by rules over its features; the first that holds decides."""

from collections.abc import Mapping

from ..report import AssertionKind


def kind_of(found: Mapping[str, float]) -> AssertionKind:
    """The kind of a sentence with these features (see ``features.NAMES``)."""
    figures = found["figures"] and (found["measured"] or found["stakes"] or found["figures"] > 0.4)
    rules = (
        (AssertionKind.QUESTION, found["question"]),
        (AssertionKind.FILLER, found["aside"] or found["leads"]),
        (AssertionKind.QUOTE, found["quoted"] >= 0.4),
        (AssertionKind.FILLER, _only_talk(found)),
        (
            AssertionKind.OPINION,
            found["opinion"] >= 0.5
            and not figures
            and not found["cause"]
            and not (found["reported"] and found["deeds"]),
        ),
        (
            AssertionKind.PREDICTION,
            found["ahead"] and not found["deed_done"] and not (found["past"] and found["figures"]),
        ),
        (AssertionKind.CAUSAL, found["cause"]),
        (
            AssertionKind.COMPARISON,
            found["compared"] >= 1 or (found["compared"] >= 0.5 and found["figures"] > 0.4),
        ),
        (AssertionKind.STATISTIC, figures),
        (AssertionKind.OPINION, found["first"] >= 0.5 and not found["past"] and not found["deeds"]),
        (AssertionKind.FILLER, _says_nothing(found)),
    )
    return next((kind for kind, holds in rules if holds), AssertionKind.EVENT)


def _only_talk(found: Mapping[str, float]) -> bool:
    """Greetings, thanks and turn-taking that assert nothing beside."""
    asserts = found["figures"] or found["deed_done"] or found["opinion"] > found["filler"]
    return found["filler"] >= 0.5 and not asserts


def _says_nothing(found: Mapping[str, float]) -> bool:
    return bool(found["short"]) and not any(found[name] for name in ("deeds", "past", "figures", "stakes"))
