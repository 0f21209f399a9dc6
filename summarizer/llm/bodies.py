"""A request as the JSON that a server gets, in the form of either API.

Servers differ in which optional parameters they take. What one refused is left out from then on, or
sent under another name; what must not go missing (the limit of a reply, the schema, that nothing is
stored) never is.
"""

from dataclasses import dataclass, replace
from typing import Any

from ..settings import Api
from .endpoint import Endpoint
from .model import Request

Body = dict[str, Any]

PATHS = {Api.CHAT: "/chat/completions", Api.RESPONSES: "/responses"}
LENGTHS = frozenset({"minLength", "maxLength"})
_OPTIONAL = {
    Api.CHAT: frozenset({"max_tokens", "temperature", "seed"}),
    Api.RESPONSES: frozenset({"temperature"}),
}


@dataclass(frozen=True, slots=True)
class Form:
    """Which form of request a server takes: the API, and what of it is left out.

    ``lengths``: it takes minLength and maxLength in a schema.
    """

    api: Api = Api.CHAT
    lengths: bool = True
    refused: frozenset[str] = frozenset()

    def without(self, parameter: str) -> "Form":
        """The form after a parameter was refused."""
        if parameter in LENGTHS:
            return replace(self, lengths=False)
        return replace(self, refused=self.refused | {parameter})

    def optional(self, request: Request) -> frozenset[str]:
        """What could be left out of this request, were it refused."""
        left = _OPTIONAL[self.api] - self.refused
        return left | LENGTHS if self.lengths and request.schema is not None else left

    def body(self, name: str, request: Request) -> Body:
        """The request to the model of that name."""
        body = _responses(name, request) if self.api is Api.RESPONSES else _chat(name, request)
        optional: Body = {"temperature": request.temperature}
        if self.api is Api.CHAT:
            optional |= {"max_tokens": request.max_tokens, "seed": request.seed}
            if "max_tokens" in self.refused:
                body["max_completion_tokens"] = request.max_tokens  # the name that reasoning models know
        body |= {key: value for key, value in optional.items() if key not in self.refused}
        if request.schema is not None:
            schema = request.schema if self.lengths else without_lengths(request.schema)
            wanted = {"name": request.schema_name or request.task, "strict": True, "schema": schema}
            if self.api is Api.CHAT:
                body["response_format"] = {"type": "json_schema", "json_schema": wanted}
            else:
                body["text"] = {"format": {"type": "json_schema", **wanted}}
        return body


def takes_lengths(endpoint: Endpoint) -> bool:
    """Whether string lengths are worth a try: OpenAI's strict subset refuses them, and Azure's with it.

    Servers of one's own build a grammar with them.
    """
    return not f".{endpoint.host}".endswith((".openai.com", ".azure.com"))


def without_lengths(schema: Any) -> Any:
    """A schema without the bounds of strings and integers, for servers that refuse the former.

    Those compile a schema when they first see it, which can take seconds, and keep it: the numbers of
    an article's sentences, or the ids of its statements, would make it another one for every article.
    """
    if isinstance(schema, list):
        return [without_lengths(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "integer":
        return {"type": "integer"}
    # A property may have the name of a keyword: only a number behind it is the keyword.
    return {
        key: {"type": "string"} if key == "id" and isinstance(part, dict) else without_lengths(part)
        for key, part in schema.items()
        if not (key in LENGTHS and isinstance(part, int))
    }


def _messages(request: Request) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in request.messages]


def _chat(name: str, request: Request) -> Body:
    return {"model": name, "messages": _messages(request)}


def _responses(name: str, request: Request) -> Body:
    return {
        "model": name,
        "input": _messages(request),
        "max_output_tokens": request.max_tokens,
        "store": False,  # this API keeps every reply for a month where it is not told otherwise
    }
