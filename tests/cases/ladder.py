"""A tiny plan for tests of the store: rungs so many seconds after the opening, each told once.

What is opened with `{"rungs": [60, 120]}` falls due 60 s and 120 s later; `{"repeat": 60}`
sets itself the next deadline each time; `completed` ends it; `pushed` moves all rungs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from keyaccount.cases.live_plan import LivePlan, Share
from keyaccount.cases.protocol import (
    OPEN,
    Command,
    Data,
    Deadline,
    Effect,
    Entry,
    OpenStep,
    Standing,
    Transition,
    TransitionFunction,
)
from keyaccount.cases.work import StoreError
from keyaccount.diagnostics.diagnostic import Diagnostic, Text

State = dict[str, Any]


def transition_of(factor: int = 1, effect_kind: str = "log") -> TransitionFunction:
    """The plan's transition; another `factor` stretches every limit."""

    def transition(before: Data | None, command: Command, now: datetime) -> Transition:
        state = started(command, now) if before is None else cast(State, dict(before))
        effects: list[Effect] = []
        entries: list[Entry] = []
        match command.kind:
            case "due":
                key = str(command.data["deadline"])
                due = str(command.data["due"])
                assert datetime.fromisoformat(due) < now, "fell due early"
                state["fired"] = [*state["fired"], {"key": key, "due": due}]
                if key.startswith("repeat"):
                    state["next"] = state["next"] + 1
                effects.append(Effect(f"told:{key}", effect_kind, {"rung": key, "due": due}))
                entries.append(Entry(now, "reminded", "step", {"rung": key}))
            case "totals":
                state["totals"] = command.data["totals"]
            case "event":
                happened(state, command)
                entries.append(Entry(now, "event", None, command.data))
        if state.get("broken") == "at due" and command.kind == "due":
            raise RuntimeError("this plan is broken")
        if state.get("broken") == "effect" and command.kind == "due":
            effects = [Effect("nothing", cast(str, None), {})]
        return after(state, factor, tuple(effects), tuple(entries))

    return transition


def started(command: Command, now: datetime) -> State:
    given = command.data
    return {
        "opened": now.isoformat(),
        "title": given.get("title", ""),
        "rungs": given.get("rungs", []),
        "repeat": given.get("repeat", 0),
        "broken": given.get("broken"),
        "totals": given.get("totals", {}),
        "status": OPEN,
        "next": 1,
        "fired": [],
        "events": [],
    }


def happened(state: State, command: Command) -> None:
    event = command.data["event"]
    state["events"] = [*state["events"], event]
    if event == "completed":
        state["status"] = "completed"
    elif event == "pushed":
        state["rungs"] = [each + 1000 for each in state["rungs"]]
    elif event == "refused":
        raise StoreError([Diagnostic("case.refused", Text("no", "不"), None)])


def after(
    state: State, factor: int, effects: tuple[Effect, ...], entries: tuple[Entry, ...]
) -> Transition:
    opened = datetime.fromisoformat(state["opened"])
    is_open = state["status"] == OPEN
    pending = tuple(deadlines(state, opened, factor)) if is_open else ()
    first = min((each.due for each in pending), default=None)
    steps = (OpenStep("step", "owner", opened, first, first),) if is_open else ()
    standing = Standing(state["status"], str(state["title"]), steps)
    return Transition(state, standing, pending, effects, entries)


def deadlines(state: State, opened: datetime, factor: int) -> list[Deadline]:
    fired = {each["key"] for each in state["fired"]}
    found = [
        Deadline(f"rung {number}", opened + timedelta(seconds=float(each) * factor))
        for number, each in enumerate(state["rungs"], 1)
    ]
    if state["repeat"]:
        number = int(state["next"])
        seconds = float(state["repeat"]) * number * factor
        found.append(Deadline(f"repeat {number}", opened + timedelta(seconds=seconds)))
    return [each for each in found if each.key not in fired]


PLAN = LivePlan("ladder", "1", transition_of())
SLOW = LivePlan("ladder", "2", transition_of(factor=2))
QUICK = LivePlan("ladder", "3", transition_of(factor=0))
UNIQUE = LivePlan("unique", "1", transition_of(), lambda data: cast(str, data["customer"]))
SHARED = LivePlan(
    "shared", "1", transition_of(), lambda data: cast(str, data["customer"]), hands_over=True
)


def shares(state: Data | None, command: Command) -> tuple[Share, ...]:
    if command.kind != "open":
        return ()
    amount = cast(Decimal, command.data["amount"])
    return (Share("review", str(command.data["group"]), amount, timedelta(days=30)),)


SPLIT = LivePlan("split", "1", transition_of(), shares=shares)
VERSIONS = {(each.name, each.version): each for each in (PLAN, SLOW, QUICK, UNIQUE, SHARED, SPLIT)}


def plans(name: str, version: str) -> LivePlan:
    return VERSIONS[name, version]


Plans = Callable[[str, str], LivePlan]


def opening(key: str = "open", **data: object) -> Command:
    return Command("open", data, "ann", key)


def event(name: str, key: str | None = None) -> Command:
    return Command("event", {"event": name}, "ann", key or f"event:{name}")
