"""Case plans as an author writes them: steps, limits, ladders, approvals; FEEL is still text.

Names that a message may have to point at are `Fragment`s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from keyaccount.source import Fragment, Span

Titles = Mapping[str, str]
"""Words by language code."""

WHOLE_CASE = "case"
"""The name that a plan's own limit goes by among those of its steps."""

SECOND_FILING = "second filing"
"""The event by which a case hears that its subject was filed again."""

OPENING = "opening"
"""What a limit measured from the case's opening says under `from`."""


class Unmet(StrEnum):
    """What becomes of a step whose `when` is false; while it can't be told, the step waits."""

    SKIP = "skip"
    WAIT = "wait"
    END = "end"
    REJECT = "reject"
    CANCEL = "cancel"


class SecondFiling(StrEnum):
    """What becomes of a second case of the same subject while the first is open."""

    REFUSE = "refuse"
    HAND_OVER = "hand over"
    ALLOW = "allow"


class PolicyChange(StrEnum):
    """What becomes of open cases when the plan changes."""

    KEEP = "keep"
    SWITCH = "switch"
    BETTER = "better of both"


class Again(StrEnum):
    """What an opening event does to a step that is open already."""

    KEEP = "keep"
    RESTART = "restart"


class LimitKind(StrEnum):
    """The units that a limit is measured in."""

    ELAPSED = "elapsed"
    DAYS = "days"
    BUSINESS = "business"
    BUSINESS_DAYS = "business days"


class RungAt(StrEnum):
    """Where on the way to a limit a rung stands."""

    HALF = "half"
    DUE = "due"
    AFTER = "after"
    BEFORE = "before"


class RungAction(StrEnum):
    """What a rung does beside telling people."""

    COMPLETE_STEP = "complete step"
    CANCEL_STEP = "cancel step"
    CANCEL_CASE = "cancel case"
    REJECT_CASE = "reject case"


class Recipient(StrEnum):
    """Who a rung tells, beside roles."""

    OWNER = "owner"
    SUPERIOR = "superior"
    INITIATOR = "initiator"


class ApprovalMode(StrEnum):
    """How the approvals of a chain come together."""

    SEQUENTIAL = "sequential"
    ALL_OF = "all of"
    ANY_OF = "any of"
    QUORUM = "quorum"


class OnRejection(StrEnum):
    """What a rejection does to the case."""

    REJECT = "reject"
    CANCEL = "cancel"
    GO_ON = "go on"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event by its name, and what must hold of it (FEEL), if anything."""

    event: Fragment
    where: Fragment | None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take.

    `amount` is an ISO duration or FEEL (a duration for `elapsed` and `business`,
    a number for the two kinds of days). `at` is a time of day: the limit ends at
    the first such time at or after its last day. `since` names the event that it
    is measured from; None: from the opening.
    """

    kind: LimitKind
    amount: Fragment
    zone: Fragment | None
    at: Fragment | None
    calendar: Fragment | None
    since: Fragment | None
    span: Span


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of a ladder: when, whom to tell, what to do.

    `distance` is how long after (before) the limit; None at `half` and `due`.
    """

    at: RungAt
    distance: Limit | None
    remind: tuple[Fragment, ...]
    action: RungAction | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in the order in which they come."""

    name: Fragment
    rungs: tuple[Rung, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Total:
    """Requests that count together: `of` which number, `per` which group, within how long."""

    of: Fragment
    per: Fragment
    within: Fragment
    span: Span


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval chain: `chain` is FEEL for a list of roles."""

    chain: Fragment
    mode: ApprovalMode
    quorum: Decimal | None
    opinion: bool
    total: Total | None
    on_rejection: OnRejection
    span: Span


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step: what opens it, who owns it, what completes it, how long it may take."""

    name: Fragment
    title: Titles
    owner: Fragment | None
    form: str | None
    output: Titles
    after: tuple[Fragment, ...]
    opened_by: tuple[Trigger, ...]
    again: Again
    when: Fragment | None
    otherwise: Unmet
    limit: Limit | None
    ladder: Fragment | None
    completed_by: tuple[Trigger, ...]
    cancelled_by: tuple[Trigger, ...]
    goes_back: Mapping[str, tuple[Trigger, Fragment]]
    paused_by: tuple[Trigger, ...]
    resumed_by: tuple[Trigger, ...]
    approval: Approval | None
    repeat: Limit | None
    until: tuple[Trigger, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Role:
    """A role that steps and approvals name; people hold it in the organisation."""

    name: Fragment
    title: Titles


@dataclass(frozen=True, slots=True)
class Plan:
    """A case plan. `subject` is the fact of which there may be one open case."""

    name: Fragment
    title: Titles
    subject: Fragment | None
    region: Fragment | None
    second_filing: SecondFiling
    calendar: Fragment | None
    owner: Fragment | None
    limit: Limit | None
    ladder: Fragment | None
    opened_by: tuple[Trigger, ...]
    completed_by: tuple[Trigger, ...]
    cancelled_by: tuple[Trigger, ...]
    policy_change: PolicyChange
    steps: Mapping[str, PlanStep]
    ladders: Mapping[str, Ladder]
    span: Span
