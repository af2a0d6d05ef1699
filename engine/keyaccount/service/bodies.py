"""Read the bodies of requests: exact numbers, one meaning for a name, places of mistakes."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.facts.json_reader import DuplicateKeyError, exact_number, loads
from keyaccount.service.pointers import from_path
from keyaccount.service.reasons import reason_of
from keyaccount.service.refusal import RefusalError

NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_CONTROLS)]
"""A name of the caller's own for what is decided, kept in the log to find it by."""

_MOST_WANTED = 1000
_TOO_DEEP = Text("nested too deeply", "嵌套过深")
Facts = dict[str, Any]
Body = TypeVar("Body")


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """A question as it is sent; the facts' own text is kept as it stands, for the log."""

    facts: msgspec.Raw
    as_of: date | None = None
    version: str | None = None
    decisions: Annotated[list[str], msgspec.Meta(min_length=1, max_length=_MOST_WANTED)] | None = (
        None
    )
    reference: Reference | None = None
    explain: bool = False


class Question(msgspec.Struct):
    """One case to decide.

    `text` is the facts' JSON as it was sent. `version` pins a version of the
    policies, `decisions` names those wanted; `explain` asks for reasons, and why not.
    """

    facts: Facts
    text: bytes
    as_of: date | None = None
    version: str | None = None
    decisions: list[str] | None = None
    reference: str | None = None
    explain: bool = False


class Reader(Generic[Body]):
    """Reads bodies of one shape."""

    def __init__(self, shape: type[Body]) -> None:
        self._decoder = msgspec.json.Decoder(shape, float_hook=exact_number)

    def read(self, data: bytes) -> Body:
        """The body.

        Raises:
            RefusalError: not JSON, of another shape, or with a key given twice.
        """
        found = self.decoded(data)
        refuse_repetitions(data)
        return found

    def decoded(self, data: bytes | msgspec.Raw, root: str = "") -> Body:
        """The body, a key given twice not looked for. `root`: where `data` stands in the whole."""
        try:
            return self._decoder.decode(data)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `")
            place = root + from_path(path.rstrip("`"))
            raise RefusalError(422, [_shape(reason, place)]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            told = _TOO_DEEP if isinstance(error, RecursionError) else reason_of(str(error))
            raise RefusalError(400, [messages.not_json(told)]) from None


_ONE = Reader(_Sent)
_MANY = Reader(list[_Sent])
_FACTS = Reader(Facts)


def read_question(data: bytes) -> Question:
    """One question. Raises RefusalError as `Reader.read`."""
    found = _question(_ONE.decoded(data), "")
    if data.count(b":") != _names(found):
        refuse_repetitions(data)
    return found


def read_questions(data: bytes) -> list[Question]:
    """An array of questions. Raises RefusalError as `Reader.read`."""
    sent = _MANY.decoded(data)
    found = [_question(each, f"/{number}") for number, each in enumerate(sent)]
    if data.count(b":") != sum(map(_names, found)):
        refuse_repetitions(data)
    return found


def _question(sent: _Sent, root: str) -> Question:
    facts = _FACTS.decoded(sent.facts, root + "/facts")
    return Question(
        facts,
        bytes(sent.facts),
        sent.as_of,
        sent.version,
        sent.decisions,
        sent.reference,
        sent.explain,
    )


def _shape(reason: str, place: str) -> Diagnostic:
    told = messages.wrong_shape(reason_of(reason))
    return Diagnostic(told.code, told.message, None, told.help, place=place)


def _names(question: Question) -> int:
    """How many keys its JSON has, if none is given twice and none is inside a fact's value.

    msgspec silently keeps the last of two. Every key has a colon behind it, so
    equal numbers prove that there is no second; where they differ (a colon in a
    text, an object in a fact, a null), the slow reader looks.
    """
    given = 1 + len(question.facts) + question.explain
    for each in (question.as_of, question.version, question.decisions, question.reference):
        given += each is not None
    return given


def refuse_repetitions(data: bytes) -> None:
    """Raise a RefusalError where an object names a key twice."""
    try:
        loads(data.decode())
    except DuplicateKeyError as error:
        raise RefusalError(400, [messages.key_twice(error.key)]) from None
    except json.JSONDecodeError as error:
        raise RefusalError(400, [messages.not_json(reason_of(error.msg))]) from None
    except RecursionError:
        raise RefusalError(400, [messages.not_json(_TOO_DEEP)]) from None
    except ValueError as error:
        raise RefusalError(400, [messages.not_json(reason_of(str(error)))]) from None
