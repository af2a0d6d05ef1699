"""Open the policies that a command works with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keyaccount import resources
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import cli_messages
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
    return PolicySet.load(policies_folder(settings))


def chosen_decisions(
    policies: PolicySet, policy: str, decisions: Sequence[str]
) -> tuple[str, ...] | None:
    """The decisions asked for, None for all; each must be one of the policy's.

    Raises: WrongUsageError.
    """
    if policy not in policies.policies:
        raise WrongUsageError([cli_messages.unknown_policy(policy, policies.policies)])
    known = policies.policies[policy].decisions
    unknown = [each for each in decisions if each not in known]
    if unknown:
        raise WrongUsageError(
            cli_messages.unknown_decision(policy, each, known) for each in unknown
        )
    return tuple(dict.fromkeys(decisions)) or None
