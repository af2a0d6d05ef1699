"""A request refused: its status, and what is wrong, as problem+json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from keyaccount.diagnostics.diagnostic import (
    Diagnostic,
    FactError,
    KeyaccountError,
    Language,
    PolicyError,
    UnknownNameError,
)
from keyaccount.service.pointers import pointer

PROBLEM = "application/problem+json"

_NO_HEADERS: Mapping[str, str] = {}
_TITLES = {
    400: ("the request cannot be read", "请求无法读取"),
    401: ("no access", "无权访问"),
    403: ("not allowed", "不允许"),
    404: ("not found", "未找到"),
    405: ("not this method", "方法不允许"),
    409: ("in conflict with what is there", "与现有内容冲突"),
    413: ("too large", "过大"),
    415: ("another content type", "内容类型不对"),
    422: ("the request will not do", "请求不合要求"),
    429: ("too many requests", "请求过多"),
    500: ("a mistake of the service", "服务内部错误"),
    503: ("not now", "暂不可用"),
}


class RefusalError(Exception):
    """What a handler raises to refuse a request."""

    def __init__(
        self,
        status: int,
        diagnostics: Iterable[Diagnostic],
        headers: Mapping[str, str] = _NO_HEADERS,
        root: str = "",
    ) -> None:
        self.status = status
        self.diagnostics = tuple(diagnostics)
        self.headers = headers
        self.root = root
        super().__init__(status, *(each.code for each in self.diagnostics))


def refusal_of(error: KeyaccountError) -> RefusalError:
    """What the library raised, as an answer; facts are looked for under `/facts`."""
    if isinstance(error, UnknownNameError):
        return RefusalError(404, error.diagnostics)
    if isinstance(error, FactError | PolicyError):
        return RefusalError(422, error.diagnostics, root="/facts")
    return RefusalError(503, error.diagnostics)


def problem(refusal: RefusalError, language: Language) -> dict[str, object]:
    """The refusal by RFC 9457; codes and messages are those of the command line."""
    first = refusal.diagnostics[0]
    english, chinese = _TITLES[refusal.status]
    return {
        "type": f"urn:keyaccount:{first.code}",
        "title": chinese if language is Language.ZH else english,
        "status": refusal.status,
        "detail": first.message.in_language(language),
        "errors": [_error(each, refusal.root) for each in refusal.diagnostics],
    }


def problem_body(refusal: RefusalError, language: Language) -> bytes:
    """The problem as bytes."""
    return msgspec.json.encode(problem(refusal, language))


def _error(diagnostic: Diagnostic, root: str) -> dict[str, object]:
    told: dict[str, object] = {
        "code": diagnostic.code,
        "message": {"en": diagnostic.message.en, "zh": diagnostic.message.zh},
    }
    if diagnostic.help is not None:
        told["help"] = {"en": diagnostic.help.en, "zh": diagnostic.help.zh}
    if diagnostic.place is not None:
        told["pointer"] = pointer(diagnostic.place, root)
    if diagnostic.span is not None:
        line, column = diagnostic.span.position
        told["file"] = diagnostic.span.source.name.rpartition("/")[2]
        told["line"], told["column"] = line, column
    return told
