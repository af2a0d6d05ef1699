"""The one route by which nearly all requests come, without a task for each of them.

A decision takes less time than what a framework does around it. So where all is
as usual (a known key, a body that came at once, a policy that decides), it is
made as soon as the request is there, and answered when its entry is committed.
Whatever is not as usual is left to the route, which meets it again and says what
is wrong: nothing has happened by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter

from starlette.types import Scope

from keyaccount.service.access.local import is_local
from keyaccount.service.bodies import read_question
from keyaccount.service.calls import Reply, header, language_of
from keyaccount.service.deciding import Decided, decide, with_receipt
from keyaccount.service.endpoint import Route, content_type, overloaded
from keyaccount.service.log.chain import Head
from keyaccount.service.refusal import PROBLEM, RefusalError, problem_body
from keyaccount.service.service import Service


class Direct:
    """Takes requests to decide one case."""

    def __init__(self, service: Service, route: Route) -> None:
        self._service = service
        self._route = route

    def takes(
        self, scope: Scope, policy: str, body: bytes, answer: Callable[[Reply], None]
    ) -> bool:
        """Decide, and answer once it is logged; False where the route has to do it."""
        service = self._service
        if service.traced is not None:
            return False
        started = perf_counter()

        def tell(reply: Reply) -> None:
            service.measures.answered(self._route.path, reply.status, perf_counter() - started)
            answer(reply)

        def logged(told: Sequence[Head] | RefusalError) -> None:
            service.waiting -= 1
            tell(_reply(made, told, scope))

        if service.waiting >= service.settings.bounds.waiting:
            self._shed(scope, tell)
            return True
        try:
            found = self._decided(scope, policy, body)
            if found is None:
                return False
            made = found
            service.writer.hand_in([made.entry], logged)
        except Exception:  # noqa: BLE001 -- whatever it is, the route meets it again and tells it
            return False
        service.waiting += 1
        return True

    def _shed(self, scope: Scope, tell: Callable[[Reply], None]) -> None:
        """As the route does it."""
        service = self._service
        service.measures.shed()
        wait = service.settings.bounds.shed_seconds
        asyncio.get_running_loop().call_later(wait, tell, overloaded(language_of(scope)))

    def _decided(self, scope: Scope, policy: str, body: bytes) -> Decided | None:
        """None where it takes more: a look into the database, reasons, or a refusal."""
        service, route = self._service, self._route
        if service.settings.open_local and not is_local(header(scope, b"host")):
            return None
        caller = service.gate.known(header(scope, b"authorization"))
        if caller is None or not caller.roles & (route.roles or caller.roles):
            return None
        content_type(header(scope, b"content-type"), route.content_types)
        if len(body) > (route.body_bytes or 0):
            return None
        question = read_question(body)
        current = service.current
        if question.explain or not current.holds(question.version):
            return None
        shadow = current.shadow if question.version is None else None
        policies = current.version(question.version)
        made = decide(policies, policy, question, datetime.now(UTC), caller, shadow)
        service.rates.take(caller)
        return made


def _reply(made: Decided, told: Sequence[Head] | RefusalError, scope: Scope) -> Reply:
    if isinstance(told, RefusalError):
        body = problem_body(told, language_of(scope))
        return Reply(told.status, body, PROBLEM, told.headers)
    return Reply(200, with_receipt(made.answer, told[0]))
