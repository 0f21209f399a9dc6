"""Whether a judge's reason fits its own label.

Small models often reason rightly and then write the other label ("12 October is the correct day":
``contradicted``). Which of the two was meant cannot be known, so such an answer is none. Only clear words
count, in the six languages that have tables: a reason that these patterns do not understand fits.
"""

import re

from ..report import Verdict


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# What says that a statement is borne out.
_AGREES = _words(
    r"\b(?:is|are|fully|directly|clearly) (?:supported|confirmed|correct|accurate|consistent|true|in line)\b",
    r"\b(?:matches|supports|confirms|agrees with|corresponds to|says the same|states the same)\b",
    r"\bthe correct\b|\bcorrectly\b|\baccurately\b",
    r"\b(?:ist|sind|wird|werden) (?:\w+ )?(?:richtig|korrekt|zutreffend|belegt|bestätigt|gestützt)\b",
    r"\b(?:stimmt|stimmen) (?:mit|überein)|\b(?:bestätigt|belegt|stützt) (?:die|das|diese)\b",
    r"\b(?:es|está|son|están) (?:correct|exact|confirmad|respaldad)\w+|\b(?:coincide|confirma|respalda)\b",
    r"\b(?:est|sont) (?:exacte?s?|correcte?s?|confirmée?s?|étayée?s?)\b",
    r"\b(?:correspond|confirme|confirment)\b",
    r"\b(?:jest|są) (?:poprawn|prawdziw|zgodn|potwierdzon)\w+|\b(?:potwierdza|potwierdzają|zgadza się)\b",
    r"\b(?:підтверджу\w+|відповідає|правильн\w+|узгоджується|збігається)\b",
)
# What says that the article has it otherwise.
_CONTRADICTS = _words(
    r"\bcontradict\w*",
    r"\b(?:is|are) (?:not (?:correct|true|accurate)|incorrect|inaccurate|wrong|false|untrue)\b",
    r"\bdoes(?: not|n['’]t) (?:match|agree)\b|\bdiffers? from\b|\bmismatch\b",
    r"\bwiderspr\w+|\b(?:ist|sind) (?:falsch|unrichtig|nicht (?:richtig|korrekt))\b|\bstimmt nicht\b",
    r"\bcontradic\w+|\b(?:es|son) (?:fals|incorrect|erróne)\w+|\bno coincide\b",
    r"\bcontredi\w+|\b(?:est|sont) (?:fausse?s?|incorrecte?s?|inexacte?s?|erronée?s?)\b|\bne correspond",
    r"\bzaprzecza\w*|\bsprzeczn\w+|\b(?:jest|są) (?:błędn|fałszyw|niepoprawn|niezgodn)\w+|\bnie zgadza się\b",
    r"\bсупереч\w+|\b(?:хибн|неправильн|помилков)\w+|\bне відповідає\b|\bне збігається\b",
)
# What says that the article does not have it, in words that are about the article and not its events.
_DENIED = _words(
    r"(?:\bnot|n['’]t|\bnever|\bnowhere) (?:\w+ )?(?:mention|support|state\b|stated|"
    r"in the (?:article|text)|corroborat)",
    r"\bno (?:\w+ )?(?:mention|evidence|support) (?:of|for|in)\b|\bunsupported\b",
    r"\b(?:nicht|nirgends) (?:\w+ )?(?:erwähnt|belegt|im (?:artikel|text)|gestützt)",
    r"\bkein\w* (?:hinweis|beleg|erwähnung)",
    r"\bno (?:se )?(?:menciona|respalda|aparece|consta)\b|\bning\w+ (?:mención|prueba)",
    r"\b(?:n['’]est|ne sont) pas (?:mentionn|étay|dans l['’]article)\w*|\baucune (?:mention|preuve)",
    r"\bnie (?:wspomina|zawiera|wynika|ma (?:o tym|w artykule))\w*|\bbrak (?:wzmianki|informacji)",
    r"\bне (?:згаду|містить|підтвердж)\w*|\b(?:немає|жодної) (?:згадки|інформації)",
)
# The same in all words: they excuse a label.
_ABSENT = _words(
    r"(?:\bnot|n['’]t|\bnever|\bnowhere|\bneither) (?:\w+ )?"
    r"(?:mention|state|say|said|support|report|confirm|found|find|in the (?:article|text)|give|"
    r"specif|contain|include)",
    r"\bno (?:\w+ )?(?:mention|evidence|sentence|information|support|basis|indication)\b",
    r"\bunsupported\b",
    r"\bnothing\b",
    r"\b(?:nicht|nie|nirgends) (?:\w+ )?(?:erwähnt|genannt|gesagt|belegt|bestätigt|"
    r"im (?:artikel|text)|enthalten)",
    r"\b(?:kein|keine|keinen|keinem) (?:\w+ )?(?:satz|hinweis|beleg|angabe|erwähnung)\w*|\bnichts\b",
    r"\bno (?:se )?(?:menciona|dice|confirma|indica|aparece|consta|figura)|\bning[uú]n\w*\b|\bnada\b",
    r"\b(?:n['’]est|ne sont) pas (?:mentionn|dit|confirm|indiqu|étay)\w*",
    r"\bne (?:\w+ )?pas\b",
    r"\baucune?\b",
    r"\brien\b",
    r"\bnie (?:ma|wspomina|podaje|potwierdza|mówi|zawiera|wynika|jest wspomn\w+)\b|\bżadn\w+|\bbrak\b",
    r"\bне (?:згаду\w+|вказ\w+|йдеться|містить|підтвердж\w+|повідомля\w+|сказано)",
    r"\bжодн\w+",
    r"\bнемає\b",
    r"\bнічого\b",
)
# Words that turn the ones above into their opposite: taken out, with what they turn.
_TURNED = _words(
    r"(?:\bnot|n['’]t|\bnever|\bnothing(?: here)?|\bno(?:ne of (?:it|this))?|"
    r"\bwithout) (?:\w+ )?contradict\w*",
    r"\bno contradictions?\b",
    r"\bnot (?:wrong|false|incorrect|inaccurate)\b",
    r"\bnothing (?:else )?(?:is missing|is wrong)\b",
    r"\b(?:nicht|kein\w*|nichts) (?:\w+ )?widerspr\w+|\bnicht falsch\b",
    r"\bno (?:se )?contradice\w*|\b(?:ninguna|sin) contradicci\w+",
    r"\bne (?:le |la |les )?contredi\w+ pas\b|\b(?:aucune|sans) contradiction\b",
    r"\bnie (?:jest )?(?:zaprzecza|sprzeczn)\w*|\bне супереч\w+",
)
# A reason that weighs two things names both: "but", "instead" and the like.
_TURNS = _words(
    r"\b(?:but|however|instead|whereas|while|although|though|rather than|only|other than|not|no)\b|n['’]t\b",
    r"\b(?:aber|jedoch|sondern|sonst|während|statt|obwohl|nur|nicht|kein\w*)\b",
    r"\b(?:pero|sino|sin embargo|mientras|aunque|solo|sólo|no|en vez)\b",
    r"\b(?:mais|cependant|tandis|alors que|bien que|seulement|au lieu|ne|pas)\b",
    r"\b(?:ale|jednak|lecz|natomiast|podczas|choć|tylko|zamiast|nie)\b",
    r"\b(?:але|однак|проте|натомість|тоді як|хоча|лише|тільки|замість|а не|не)\b",
)


def belies(verdict: Verdict, reason: str) -> bool:
    """Whether a reason says clearly something other than the verdict that it stands behind."""
    said = _TURNED.sub(" ", reason)
    agrees, contradicts = bool(_AGREES.search(said)), bool(_CONTRADICTS.search(said))
    absent, turns = bool(_ABSENT.search(said)), bool(_TURNS.search(said))
    if verdict is Verdict.SUPPORTED:
        return contradicts or bool(_DENIED.search(said))
    if contradicts:
        return verdict is Verdict.NOT_IN_ARTICLE and not absent
    return agrees and not absent and not turns
