"""Read the bodies of requests: exact numbers, one meaning for a name, places of mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.facts.json_reader import DuplicateKeyError, loads
from keyaccount.service.pointers import from_path
from keyaccount.service.refusal import RefusalError

NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_CONTROLS)]
"""A name of the caller's own for what is decided, kept in the log to find it by."""

Body = TypeVar("Body")


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """One case to decide.

    `version` pins a version of the policies, `decisions` names those wanted;
    `explain` asks for reasons, and why not.
    """

    facts: dict[str, Any]
    as_of: date | None = None
    version: str | None = None
    decisions: list[str] | None = None
    reference: Reference | None = None
    explain: bool = False


class Reader(Generic[Body]):
    """Reads bodies of one shape."""

    def __init__(self, shape: type[Body]) -> None:
        self._decoder = msgspec.json.Decoder(shape, float_hook=Decimal)

    def read(self, data: bytes) -> Body:
        """The body.

        Raises:
            RefusalError: not JSON, of another shape, or with a key given twice.
        """
        try:
            found = self._decoder.decode(data)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `")
            raise RefusalError(422, [_shape(reason, from_path(path.rstrip("`")))]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise RefusalError(400, [messages.not_json(_lower(reason))]) from None
        if data.count(b":") != _names(found):
            _refuse_repetitions(data)
        return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _shape(reason: str, place: str) -> Diagnostic:
    told = messages.wrong_shape(_lower(reason))
    return Diagnostic(told.code, told.message, None, told.help, place=place)


def _names(found: object) -> int:
    """How many keys the JSON had if none was given twice.

    msgspec silently keeps the last of two. Every key has a colon behind it, so
    equal numbers prove that there is no second; where they differ (a colon in a
    text), the slow reader looks.
    """
    if isinstance(found, Question):
        return _own_names(found) + _inner_names(found.facts)
    if isinstance(found, list):
        return sum(map(_names, found))
    return -1


def _own_names(question: Question) -> int:
    given = 1
    for each in (question.as_of, question.version, question.decisions, question.reference):
        given += each is not None
    return given + question.explain


def _inner_names(facts: dict[str, Any]) -> int:
    nested: Iterable[object] = (each for each in facts.values() if isinstance(each, dict | list))
    return -1 if any(True for _ in nested) else len(facts)


def _refuse_repetitions(data: bytes) -> None:
    try:
        loads(data.decode())
    except DuplicateKeyError as error:
        raise RefusalError(400, [messages.key_twice(error.key)]) from None
    except json.JSONDecodeError as error:
        raise RefusalError(400, [messages.not_json(_lower(error.msg))]) from None
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, [messages.not_json(_lower(str(error)))]) from None
