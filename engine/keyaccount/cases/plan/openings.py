"""An event of one case opens another: ordered as an effect, so that it happens once, and surely."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

from keyaccount.cases.plan.run import Run
from keyaccount.cases.protocol import Effect

OPEN_CASE = "open"
"""The kind of the effect; its data name the plan and give the facts."""


def opened_id(plan: str, errand: str) -> str:
    """The id of the case that an effect orders: the same for the same effect.

    Args:
        plan: what a case is opened of.
        errand: the key of the effect, with that of its case before it.
    """
    return f"{plan}-{hashlib.sha256(errand.encode()).hexdigest()[:12]}"


def open_others(run: Run, event: str, key: str) -> None:
    """Order the cases of other plans that an event opens.

    They are given what this case knows: its facts, those that follow, the event's own.

    Args:
        run: the case that hears the event; `run.event` has its data.
        event: its name.
        key: tells this occurrence from any other in the case.
    """
    for plan, trigger in run.plan.opens.get(event, ()):
        if not run.holds(trigger):
            continue
        known = {**run.state.facts, **(run.derived or {}), **(run.event or {})}
        facts = {
            name: plain
            for name, each in known.items()
            if name in run.plan.facts and (plain := _plain(each)) is not None
        }
        data = {"plan": plan, "facts": facts}
        run.effects.append(Effect(f"open {plan}: {event} {key}", OPEN_CASE, data))
        run.note("opens", None, plan=plan, event=event)


def _plain(value: object) -> object:
    """A value as JSON has it; None for what it has not."""
    match value:
        case bool() | str() | int() | Decimal():
            return value
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return None
