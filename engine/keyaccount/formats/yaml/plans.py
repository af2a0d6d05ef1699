"""Read case plans and the roles that they name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node, SequenceNode
from keyaccount.model.plans import (
    Again,
    Approval,
    ApprovalMode,
    Ladder,
    Limit,
    LimitKind,
    OnRejection,
    Plan,
    PlanStep,
    PolicyChange,
    Role,
    Rung,
    RungAction,
    RungAt,
    SecondFiling,
    Total,
    Trigger,
    Unmet,
)
from keyaccount.source import Fragment

Choice = TypeVar("Choice", bound=StrEnum)


def role(entry: Entry) -> Role:
    """An entry of `roles:`."""
    node = entry.value
    title = fields.child(node, "title") if isinstance(node, MappingNode) else node
    return Role(entry.key.fragment, fields.words(title))


def plan(entry: Entry) -> Plan:
    """An entry of `plans:`."""
    node = entry.value
    return Plan(
        name=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        subject=fields.fragment(fields.child(node, "subject")),
        region=fields.fragment(fields.child(node, "region")),
        second_filing=_choice(node, "second filing", SecondFiling.REFUSE),
        calendar=fields.fragment(fields.child(node, "calendar")),
        owner=fields.fragment(fields.child(node, "owner")),
        limit=_limit(fields.child(node, "limit")),
        ladder=fields.fragment(fields.child(node, "ladder")),
        opened_by=_triggers(node, "opened by"),
        completed_by=_triggers(node, "completed by"),
        cancelled_by=_triggers(node, "cancelled by"),
        policy_change=_choice(node, "policy change", PolicyChange.KEEP),
        steps={each.key.value: _step(each) for each in _entries(node, "steps")},
        ladders={each.key.value: _ladder(each) for each in _entries(node, "ladders")},
        span=fields.extent(entry),
    )


def _entries(node: Node, name: str) -> list[Entry]:
    return list(fields.entries(fields.child(node, name)))


def _step(entry: Entry) -> PlanStep:
    node = entry.value
    return PlanStep(
        name=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        owner=fields.fragment(fields.child(node, "owner")),
        form=fields.text(fields.child(node, "form")),
        output=fields.words(fields.child(node, "output")),
        after=_names(fields.child(node, "after")),
        opened_by=_triggers(node, "opened by"),
        again=_choice(node, "again", Again.KEEP),
        when=fields.fragment(fields.child(node, "when")),
        otherwise=_choice(node, "otherwise", Unmet.SKIP),
        limit=_limit(fields.child(node, "limit")),
        ladder=fields.fragment(fields.child(node, "ladder")),
        completed_by=_triggers(node, "completed by"),
        cancelled_by=_triggers(node, "cancelled by"),
        goes_back=_goes_back(node),
        paused_by=_triggers(node, "paused by"),
        resumed_by=_triggers(node, "resumed by"),
        approval=_approval(fields.child(node, "approval")),
        repeat=_limit(fields.child(node, "repeat")),
        until=_triggers(node, "until"),
        span=fields.extent(entry),
    )


def _names(node: Node | None) -> tuple[Fragment, ...]:
    """One name or a list of them."""
    found = fields.items(node) if isinstance(node, SequenceNode) else [node]
    return tuple(each for item in found if (each := fields.fragment(item)))


def _triggers(node: Node, name: str) -> tuple[Trigger, ...]:
    """An event, a list of events, or events with what must hold of each."""
    found = fields.child(node, name)
    if isinstance(found, MappingNode):
        return tuple(
            Trigger(each.key.fragment, fields.fragment(each.value))
            for each in fields.entries(found)
        )
    return tuple(Trigger(each, None) for each in _names(found))


def _goes_back(node: Node) -> Mapping[str, tuple[Trigger, Fragment]]:
    """By event: the step that the case goes back to."""
    return {
        each.key.value: (Trigger(each.key.fragment, None), step)
        for each in _entries(node, "goes back")
        if (step := fields.fragment(each.value))
    }


def _limit(node: Node | None) -> Limit | None:
    """A duration alone is elapsed time; the other units have a key each."""
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        amount = fields.fragment(node)
        if amount is None:
            return None
        return Limit(LimitKind.ELAPSED, amount, None, None, None, None, node.span)
    kinds = [each for each in LimitKind if each.value in node.entries]
    if not kinds:
        return None
    amount = fields.fragment(fields.child(node, kinds[0].value)) or null_at(node.span)
    return Limit(
        kinds[0],
        amount,
        fields.fragment(fields.child(node, "zone")),
        fields.fragment(fields.child(node, "at")),
        fields.fragment(fields.child(node, "calendar")),
        fields.fragment(fields.child(node, "from")),
        node.span,
    )


def _ladder(entry: Entry) -> Ladder:
    rungs = tuple(each for item in fields.items(entry.value) if (each := _rung(item)))
    return Ladder(entry.key.fragment, rungs, fields.extent(entry))


def _rung(node: Node) -> Rung | None:
    at = fields.text(fields.child(node, "at"))
    after = _limit(fields.child(node, "after"))
    before = _limit(fields.child(node, "before"))
    if at not in (RungAt.HALF, RungAt.DUE) and after is None and before is None:
        return None
    place = RungAt.AFTER if after else RungAt.BEFORE if before else RungAt(at or RungAt.DUE)
    action = fields.text(fields.child(node, "then"))
    return Rung(
        place,
        after or before,
        _names(fields.child(node, "remind")),
        RungAction(action) if action in set(RungAction) else None,
        node.span,
    )


def _approval(node: Node | None) -> Approval | None:
    if not isinstance(node, MappingNode):
        return None
    quorum = fields.text(fields.child(node, "quorum"))
    return Approval(
        chain=fields.fragment(fields.child(node, "chain")) or null_at(node.span),
        mode=ApprovalMode.QUORUM if quorum else _choice(node, "mode", ApprovalMode.SEQUENTIAL),
        quorum=None if quorum is None else _number(quorum),
        opinion=fields.text(fields.child(node, "opinion")) == "required",
        total=_total(fields.child(node, "total")),
        on_rejection=_choice(node, "on rejection", OnRejection.REJECT),
        span=node.span,
    )


def _total(node: Node | None) -> Total | None:
    parts = [fields.fragment(fields.child(node, each)) for each in ("of", "per", "within")]
    of, per, within = parts
    if node is None or of is None or per is None or within is None:
        return None
    return Total(of, per, within, node.span)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None  # the schema has said so


def _choice(node: Node, name: str, default: Choice) -> Choice:
    """One of a few words; what is none of them was told by the schema."""
    kind = type(default)
    found = fields.text(fields.child(node, name))
    return kind(found) if found in set(kind) else default
