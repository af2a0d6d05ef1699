"""Decide: one case, an array of cases, or JSON lines streamed both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError, Language
from keyaccount.policy_set import PolicySet
from keyaccount.service.bodies import Question, read_question, read_questions
from keyaccount.service.calls import JSON, JSON_LINES, Call, Reply
from keyaccount.service.deciding import Decided, decide, with_receipt
from keyaccount.service.lines import lines_of
from keyaccount.service.refusal import RefusalError, problem, refusal_of
from keyaccount.service.service import Service

_TOGETHER = 200
"""Cases that are logged together."""
_AT_ONCE = 20
"""Cases that are decided without letting other requests in between."""

_Outcome = Decided | RefusalError


async def decide_one(service: Service, call: Call) -> Reply:
    """`POST /v1/decisions/{policy}`."""
    question = read_question(call.body)
    service.rates.take(call.caller)
    policies = await _policies(service, question.version)
    if question.explain:
        found = await asyncio.to_thread(_decided, service, call, policies, question)
    else:
        found = _decided(service, call, policies, question)
    receipts = await service.writer.append([found.entry])
    return Reply(200, with_receipt(found.answer, receipts[0]))


async def decide_many(service: Service, call: Call) -> Reply:
    """`POST /v1/decisions/{policy}/batch`: an array, or JSON lines where they are announced."""
    if call.content_type == JSON_LINES:
        if service.streams >= service.settings.bounds.streams:
            raise RefusalError(503, [messages.overloaded()], {"Retry-After": "1"})
        return Reply(200, _streamed(service, call), JSON_LINES)
    body = await _whole_body(service, call)
    questions = read_questions(body)
    most = service.settings.bounds.batch_cases
    if len(questions) > most:
        raise RefusalError(413, [messages.too_many_cases(most)])
    service.rates.take(call.caller, len(questions))
    answers: list[bytes] = []
    for some in _groups(questions):
        answers += await _answers(service, call, some)
    return Reply(200, b"[" + b",".join(answers) + b"]", JSON)


async def _whole_body(service: Service, call: Call) -> bytes:
    limit = service.settings.bounds.batch_bytes
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await call.receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise RefusalError(413, [messages.too_large(limit)])
        if not message.get("more_body"):
            return b"".join(chunks)


def _groups(questions: Iterable[Question]) -> Iterator[list[Question]]:
    rest = iter(questions)
    while some := list(islice(rest, _TOGETHER)):
        yield some


async def _streamed(service: Service, call: Call) -> AsyncIterator[bytes]:
    """An answer for every line, in their order; a line that will not do has its problem."""
    service.streams += 1
    try:
        async for each in _answered_lines(service, call):
            yield each
    finally:
        service.streams -= 1


async def _answered_lines(service: Service, call: Call) -> AsyncIterator[bytes]:
    async for lines in lines_of(call.receive, service.settings.bounds, _TOGETHER):
        try:
            service.rates.take(call.caller, len(lines))
            some = [_read(each) for each in lines]
            answers = await _answers(service, call, some)
        except RefusalError as refusal:
            yield _problem_line(refusal, call) + b"\n"
            return
        yield b"\n".join(answers) + b"\n"


def _read(line: bytes | RefusalError) -> Question | RefusalError:
    if isinstance(line, RefusalError):
        return line
    try:
        return read_question(line)
    except RefusalError as refusal:
        return refusal


async def _answers(
    service: Service, call: Call, questions: Sequence[Question | RefusalError]
) -> list[bytes]:
    """Decide some cases and log them together; what is refused is told in its place.

    Raises:
        RefusalError: they could not be logged.
    """
    found: list[_Outcome] = []
    for each in questions:
        found.append(await _attempted(service, call, each))
        if len(found) % _AT_ONCE == 0:
            await asyncio.sleep(0)
    entries = [each.entry for each in found if isinstance(each, Decided)]
    receipts = iter(await service.writer.append(entries) if entries else ())
    return [
        with_receipt(each.answer, next(receipts))
        if isinstance(each, Decided)
        else _problem_line(each, call)
        for each in found
    ]


async def _attempted(service: Service, call: Call, question: Question | RefusalError) -> _Outcome:
    if isinstance(question, RefusalError):
        return question
    try:
        policies = await _policies(service, question.version)
        return _decided(service, call, policies, question)
    except KeyaccountError as error:
        return refusal_of(error)


async def _policies(service: Service, version: str | None) -> PolicySet:
    current = service.current
    if current.holds(version):
        return current.version(version)
    return await asyncio.to_thread(current.version, version)


def _decided(service: Service, call: Call, policies: PolicySet, question: Question) -> Decided:
    shadow = service.current.shadow if question.version is None else None
    return decide(
        policies,
        call.path("policy"),
        question,
        datetime.now(UTC),
        call.caller,
        shadow,
        call.language if question.explain else Language.EN,
    )


def _problem_line(refusal: RefusalError, call: Call) -> bytes:
    return msgspec.json.encode({"problem": problem(refusal, call.language)})
