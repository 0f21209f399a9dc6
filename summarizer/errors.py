"""The error tree. Errors of libraries are turned into one of these at the edge, with ``from``.

    SummarizerError
    ├── InputError                  what was handed over cannot be used            (exit code 2)
    │   ├── ArticleError            empty, too short, too long
    │   ├── SourceError             missing, unreadable, undecodable, no article in it
    │   ├── ReportFormatError       not a report of this program
    │   ├── SettingsError           a setting or an option that cannot be
    │   ├── ResourceError           a prompt or schema file that is missing or wrong
    │   └── MissingExtra            a part of the program that needs packages which are not installed
    ├── QueueError                  the review queue will not do that               (exit code 2)
    │   ├── QueueUnavailable        its database is missing, busy, foreign, or of another version
    │   ├── UnknownItem             it has no such item, article or batch
    │   └── Refused                 an item is held by somebody else, is decided already, or was withdrawn
    ├── ModelError                  no model could be spoken to                    (exit code 3)
    │   ├── ModelUnavailable        nothing answers there, or the embedded model is not installed
    │   └── ModelRejected           it answers and will not work with us: key, name, quota
    └── JournalError                what a batch keeps cannot be written or read   (exit code 4)

What one answer may look like (refused, truncated, not parsable) is a state and not an error: see
``summarizer.report.AnswerState``.
"""


class SummarizerError(Exception):
    """Base of all errors of this package.

    ``hint`` says what to do next, in words that can be typed where possible.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(SummarizerError):
    """What the caller handed over cannot be used."""


class ArticleError(InputError):
    """The text is no article: empty, too short, too long."""


class SourceError(InputError):
    """A file, folder or stream that cannot be read as articles."""


class ReportFormatError(InputError):
    """The data are not a report that this version can read."""


class SettingsError(InputError):
    """A setting or an option has a value that cannot be."""


class ResourceError(InputError):
    """A prompt or schema file is missing, or is not what it should be."""


class MissingExtra(InputError):
    """What was asked for needs packages of an extra that is not installed."""

    def __init__(self, what: str, extra: str, package: str) -> None:
        super().__init__(
            f"{what} need the package {package}, which is not installed",
            hint=f"pip install 'summarizer[{extra}]'",
        )


class QueueError(SummarizerError):
    """The review queue cannot be used, or will not do what was asked."""


class QueueUnavailable(QueueError):
    """The database of the queue cannot be opened, or is none of this version."""


class UnknownItem(QueueError):
    """The queue has no such item, article or document."""


class Refused(QueueError):
    """A decision that may not be made: held by somebody else, decided already, withdrawn."""


class ModelError(SummarizerError):
    """No model could be spoken to."""


class ModelUnavailable(ModelError):
    """Nothing answers at the address, or the embedded model is not installed."""


class ModelRejected(ModelError):
    """The server answers, and will not work with us: wrong key, unknown model, no quota left.

    ``for_all``: it will not for any request; otherwise it may be this one that it turns down.
    """

    def __init__(self, message: str, *, hint: str | None = None, for_all: bool = True) -> None:
        super().__init__(message, hint=hint)
        self.for_all = for_all


class JournalError(SummarizerError):
    """A batch's journal cannot be written or read: a full disk, a damaged file, another program's."""
