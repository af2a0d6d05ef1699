"""Policies and decisions asked for that are not there; whoever asks, a program or a person."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import meant_or_listed
from keyaccount.source import Span


def unknown_policy(name: str, known: Iterable[str], span: Span | None = None) -> Diagnostic:
    """No policy goes by this name."""
    return Diagnostic(
        "name.unknown-policy",
        Text(f"there is no policy `{name}`", f"没有策略 `{name}`"),
        span,
        meant_or_listed(name, known),
    )


def unknown_decision(
    policy: str, name: str, known: Iterable[str], span: Span | None = None
) -> Diagnostic:
    """The policy has no such decision."""
    return Diagnostic(
        "name.unknown-decision",
        Text(
            f"policy `{policy}` has no decision `{name}`",
            f"策略 `{policy}` 里没有决策 `{name}`",
        ),
        span,
        meant_or_listed(name, known),
    )
