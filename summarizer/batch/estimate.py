"""What a batch would take, said before anything is sent: counts, languages, tokens, money."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..article import Article
from ..errors import InputError
from ..prompts import Prompts
from ..resources import prompts_dir
from ..settings import Profile, Settings
from ..tokens import estimate
from .records import Input, article_of, packed

# Tokens of usual replies: a sentence or a claim with its numbers, and what stands around them.
_SENTENCE, _CLAIM, _AROUND = 55, 45, 60
_PLAIN_SENTENCE = 35
_NUMBERS = 4  # tokens that a sentence's number takes in the prompt
_OVERLAP = 1.1  # of a long article read in parts


@dataclass(slots=True)
class Forecast:
    """``input_tokens`` and ``output_tokens`` are estimates, on the high side; ``most_output_tokens`` is
    what the replies can have at most."""

    articles: int = 0
    duplicates: int = 0
    words: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    most_output_tokens: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unreadable_count: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "duplicates": self.duplicates,
            "unreadable": self.unreadable_count,
            "words": self.words,
            "languages": dict(self.languages.most_common()),
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "most_output_tokens": self.most_output_tokens,
        }


_SHOWN = 5


class Estimator:
    """Adds articles up. Nothing of them is kept but their hashes, 16 bytes each."""

    def __init__(self, settings: Settings, profile: Profile) -> None:
        """Raises ResourceError for a prompts folder that cannot be used."""
        folder = settings.prompts
        prompts = Prompts(prompts_dir(), Path(folder).expanduser() if folder else None)
        compact = profile is Profile.COMPACT
        self._tasks = [prompts.task("summary", compact=compact)]
        if not compact:
            self._tasks.append(prompts.task("claims"))
        self._compact = compact
        self._settings = settings
        self.forecast = Forecast()
        self._seen: set[bytes] = set()

    def add_all(self, inputs: Iterable[Input]) -> Forecast:
        for one in inputs:
            self.add(one)
        return self.forecast

    def add(self, one: Input) -> None:
        found = self.forecast
        if one.content in self._seen:
            found.duplicates += 1
            return
        self._seen.add(one.content)
        try:
            if one.error is not None or one.body is None:
                raise one.error or InputError(f"{one.origin}: cannot be read")
            article = article_of(packed(one.body))
        except InputError as error:
            found.unreadable_count += 1
            if len(found.unreadable) < _SHOWN:
                found.unreadable.append((one.origin, str(error)))
            return
        found.articles += 1
        found.words += article.words
        found.languages[article.language] += 1
        self._tokens(article)

    def _tokens(self, article: Article) -> None:
        found, settings = self.forecast, self._settings
        text = int((estimate(article.text, article.language) + _NUMBERS * len(article.sentences)) * _OVERLAP)
        per_sentence = _PLAIN_SENTENCE if self._compact else _SENTENCE
        replies = {
            "summary": (settings.summary_sentences + (not self._compact)) * per_sentence + _AROUND,
            "claims": min(settings.max_claims, len(article.sentences)) * _CLAIM + _AROUND,
        }
        for task in self._tasks:
            fixed = estimate(task.system or "") + estimate(task.user.text)
            found.calls += 1
            found.input_tokens += fixed + text
            found.output_tokens += min(task.meta.max_tokens, replies[task.task])
            found.most_output_tokens += task.meta.max_tokens
