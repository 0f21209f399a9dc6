"""A server's reply, of either API and whatever form, as an answer.

Replies are read as plain JSON and nothing in them is taken for granted: local servers and gateways leave
out much of what the formats have, and put errors into replies with status 200.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from ..report import AnswerState, Usage
from ..settings import Api
from . import retry
from .model import Answer


@dataclass(frozen=True, slots=True)
class Read:
    """An answer, and what else a reply says of itself, None where it does not.

    ``served`` is the name of the model that wrote it, ``finish`` the reason why it ended, ``tier`` the
    class of service that it is billed by.
    """

    answer: Answer
    served: str | None = None
    finish: str | None = None
    tier: str | None = None


def read(reply: object, api: Api, *, max_tokens: int, name: str) -> Read:
    """What came of a request for at most ``max_tokens`` to the model of that name."""
    failed = Answer(state=AnswerState.MODEL_ERROR, text="", model=name)
    if isinstance(reply, str):
        said = "the server sent a page, not an answer: is the address right?"
        return Read(replace(failed, text=reply, detail=said))
    if not isinstance(reply, dict):
        return Read(replace(failed, text=_raw(reply), detail="the server's reply is no JSON object"))
    counted = _counted(reply.get("usage"), api)
    failed = replace(failed, usage=counted, response_id=_text(reply.get("id")))
    of_api = _responses if api is Api.RESPONSES else _chat
    answer, finish = of_api(reply, failed, max_tokens)
    served, tier = _text(reply.get("model")), _text(reply.get("service_tier"))
    return Read(answer, _short(served), _short(finish), _short(tier))


def _chat(reply: dict[str, Any], failed: Answer, max_tokens: int) -> tuple[Answer, str | None]:
    choices = reply.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return _no_answer(reply, failed, "no choices"), None
    content, refusal = message.get("content"), _text(message.get("refusal"))
    text, reason = content if isinstance(content, str) else "", _text(choice.get("finish_reason"))
    if refusal:
        return _refused(failed, text, refusal), reason
    if reason == "content_filter":
        return _filtered(failed, text), reason
    if reason == "length":
        return _cut_off(failed, text, max_tokens), reason
    if not isinstance(content, str):
        return _no_text(reply, failed, reason), reason
    return replace(failed, state=AnswerState.OK, text=text), reason


def _responses(reply: dict[str, Any], failed: Answer, max_tokens: int) -> tuple[Answer, str | None]:
    status, why = _text(reply.get("status")), reply.get("incomplete_details")
    reason = _text(why.get("reason")) if isinstance(why, dict) else None
    finish = reason or status
    if status == "failed" or not isinstance(reply.get("output"), list):
        return _no_answer(reply, failed, "no output"), finish
    parts = _parts(reply["output"])
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    text, refusal = "".join(texts), " ".join(part["text"] for part in parts if part["type"] == "refusal")
    if refusal:
        return _refused(failed, text, refusal), finish
    if reason == "content_filter":
        return _filtered(failed, text), finish
    written = failed.usage.output_tokens
    # Some servers (llama.cpp) call a reply completed that their limit cut off: its length tells.
    said_whole = status in ("completed", None)
    if reason == "max_output_tokens" or (said_whole and written is not None and written >= max_tokens):
        return _cut_off(failed, text, max_tokens), finish
    if not said_whole:
        detail = f"the reply is not complete (it ended with {_short(finish)!r})"
        return replace(failed, text=text, detail=detail), finish
    if not texts:
        return _no_text(reply, failed, finish), finish
    return replace(failed, state=AnswerState.OK, text=text), finish


def _parts(output: list[Any]) -> list[dict[str, str]]:
    """Type and text of the pieces of all messages; what the model thought on the way is none."""
    found = []
    for item in output:
        content = item.get("content") if isinstance(item, dict) and item.get("type") == "message" else None
        for part in content if isinstance(content, list) else []:
            kind = part.get("type") if isinstance(part, dict) else None
            text = part.get("refusal" if kind == "refusal" else "text") if isinstance(part, dict) else None
            if isinstance(kind, str) and isinstance(text, str):
                found.append({"type": kind, "text": text})
    return found


def _no_answer(reply: dict[str, Any], failed: Answer, otherwise: str) -> Answer:
    error = reply.get("error")  # some routers put errors into a reply with status 200
    said = retry.one_line(str(error)) if error else otherwise
    code = error.get("code") if isinstance(error, dict) else None
    return replace(
        failed,
        text=_raw(reply),
        detail=f"the server's reply holds no answer: {said}",
        too_long=isinstance(code, str) and code in retry.CONTEXT_CODES,
    )


def _no_text(reply: dict[str, Any], failed: Answer, reason: str | None) -> Answer:
    detail = f"the reply holds no text (it ended with {_short(reason)!r})"
    return replace(failed, text=_raw(reply), detail=detail)


def _refused(failed: Answer, text: str, refusal: str) -> Answer:
    detail = retry.one_line(refusal)
    return replace(failed, state=AnswerState.REFUSED, text=text or refusal, detail=detail)


def _filtered(failed: Answer, text: str) -> Answer:
    return replace(failed, state=AnswerState.REFUSED, text=text, detail="a content filter stopped it")


def _cut_off(failed: Answer, text: str, max_tokens: int) -> Answer:
    detail = f"cut off; the limit was {max_tokens} tokens"
    return replace(failed, state=AnswerState.TRUNCATED, text=text, detail=detail)


def _counted(usage: object, api: Api) -> Usage:
    sent, written = (
        ("input_tokens", "output_tokens") if api is Api.RESPONSES else ("prompt_tokens", "completion_tokens")
    )

    def number(holder: object, name: str) -> int | None:
        value = holder.get(name) if isinstance(holder, dict) else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    details = usage.get(f"{sent}_details") if isinstance(usage, dict) else None
    return Usage(
        input_tokens=number(usage, sent),
        output_tokens=number(usage, written),
        cached_tokens=number(details, "cached_tokens"),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _short(text: str | None) -> str | None:
    return None if text is None else retry.one_line(text)


def _raw(reply: object) -> str:
    return json.dumps(reply, ensure_ascii=False)
