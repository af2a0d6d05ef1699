"""What concerns all tenants is the operator's: whoever holds keys of the default tenant."""

from __future__ import annotations

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import Caller
from keyaccount.service.refusal import RefusalError
from keyaccount.service.settings import DEFAULT_TENANT


def refuse_others(caller: Caller) -> None:
    """Raise a RefusalError, 403, unless the caller is of the operator's tenant."""
    if caller.tenant != DEFAULT_TENANT:
        raise RefusalError(403, [messages.not_the_operator()])
