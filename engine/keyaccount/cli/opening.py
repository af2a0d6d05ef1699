"""Open the policies that a command works with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keyaccount import resources
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import UnknownNameError
from keyaccount.policy_set import PolicySet

HERE = Path("policies")


def policies_folder(settings: Settings) -> Path:
    """The folder named; else ./policies; else the policies that come with the package."""
    if settings.policies is not None:
        return settings.policies
    return HERE if HERE.is_dir() else resources.policies_folder()


def open_policies(settings: Settings) -> PolicySet:
    """The policies, compiled when they are used; what is only doubtful is left to `check`.

    Raises: PolicyError.
    """
    return PolicySet.load(policies_folder(settings), settings.limits)


def chosen_decisions(
    policies: PolicySet, policy: str, decisions: Sequence[str]
) -> tuple[str, ...] | None:
    """The decisions asked for, None for all; each must be one of the policy's.

    Raises: WrongUsageError.
    """
    wanted = tuple(dict.fromkeys(decisions)) or None
    try:
        policies.full_names(policy, wanted)
    except UnknownNameError as error:
        raise WrongUsageError(error.diagnostics) from None
    return wanted
