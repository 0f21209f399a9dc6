"""Where a model server is, what it is told of who asks, and what may be shown of either."""

import base64
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from ..errors import SettingsError

OPENAI_URL = "https://api.openai.com/v1"
SERVER_EXAMPLES = (
    "http://localhost:11434/v1 (Ollama), "
    "http://localhost:8000/v1 (vLLM), "
    "http://localhost:8080/v1 (llama.cpp)"
)
# Servers that ask for no key get this one: the openai package will not send a request without.
NO_KEY = "none-needed"
# Shorter ones are words, too: taking them out would make a message unreadable and hide nothing.
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a server, taken apart.

    ``url`` has no user, password, query or fragment: it is what is shown, logged and compared.
    ``query`` goes with every request; ``authorization`` replaces the key in it where the address holds
    a user and password, as HTTP clients do.
    """

    url: str
    key: str = field(repr=False)
    query: dict[str, str] = field(repr=False)
    authorization: str | None = field(repr=False)
    secrets: tuple[tuple[str, str], ...] = field(repr=False)

    @classmethod
    def of(cls, base_url: str | None, api_key: str | None) -> "Endpoint":
        """Raises SettingsError for an address or a key that cannot be, or where OpenAI's is missing."""
        key = _checked_key(api_key, base_url)
        text = base_url or OPENAI_URL
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or parts.scheme not in ("http", "https") or port == 0:
            # Not quoted: it may hold a password, and cannot be taken apart to leave that out.
            raise SettingsError(
                "the base url is no http address", hint="Write it like http://localhost:11434/v1."
            )
        hidden = [(key, "<key>")] if key != NO_KEY else []
        authorization = None
        if parts.username or parts.password:
            pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
            token = base64.b64encode(pair.encode()).decode()
            authorization = f"Basic {token}"
            password = parts.password or ""
            hidden.append((f"{parts.netloc.rpartition('@')[0]}@", ""))
            hidden += [(word, "<password>") for word in (pair, token, password, unquote(password))]
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        hidden += [(value, "<query>") for value in query.values() if len(value) > 15]
        return cls(
            url=public(text),
            key=key,
            query=query,
            authorization=authorization,
            secrets=tuple(entry for entry in hidden if len(entry[0]) >= _SHORTEST_SECRET),
        )

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def clean(self, text: str) -> str:
        """The text without what only this server may know; servers and libraries quote such things back."""
        for secret, shown in self.secrets:
            text = text.replace(secret, shown)
        return text


def public(url: str) -> str:
    """An address as it may be shown: without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def is_loopback(url: str) -> bool:
    """True for an address on this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def _checked_key(api_key: str | None, base_url: str | None) -> str:
    key = (api_key or "").strip()  # a key read from a file often ends with a line end
    if not key and base_url is None:
        raise SettingsError(
            "there is no key for OpenAI's server",
            hint=f"Set OPENAI_API_KEY, or name another server with --base-url: {SERVER_EXAMPLES}.",
        )
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            "the API key has characters that no key has",
            hint="Copy it again into OPENAI_API_KEY or SUMMARIZER_API_KEY, without anything around it.",
        )
    return key or NO_KEY
