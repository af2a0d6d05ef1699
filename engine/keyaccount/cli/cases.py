"""What the commands on cases share: the plan, instants, `name=value` pairs."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.loading import plan_named, plans_of
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.opening import open_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import case_messages, cli_messages
from keyaccount.organisation import Organisation
from keyaccount.organisation.organisation import NOBODY


def only_plan(
    settings: Settings, name: str | None, organisation: Organisation = NOBODY
) -> CompiledPlan:
    """The plan of that name; the only one where none is named.

    Raises: WrongUsageError, UnknownNameError, PolicyError.
    """
    plans = plans_of(open_policies(settings), organisation)
    if name is None:
        if len(plans) != 1:
            raise WrongUsageError([case_messages.which_plan(plans)])
        return next(iter(plans.values()))
    return plan_named(plans, name)


def to_instant(text: str, zone: tzinfo) -> datetime:
    """An instant as people write it; of a date alone, its beginning.

    Raises: WrongUsageError.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsageError([cli_messages.not_an_instant(text)]) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def to_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises: WrongUsageError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(available_timezones())
        raise WrongUsageError([cli_messages.unknown_zone(name, known)]) from None
