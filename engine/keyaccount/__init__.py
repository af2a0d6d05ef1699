"""Key-account policy as code: one policy, one meaning, on every backend.

>>> from keyaccount import PolicySet                           # doctest: +SKIP
>>> policies = PolicySet.load("policies")                      # doctest: +SKIP
>>> result = policies.decide("classification", {"monthly_tonnes": 20})  # doctest: +SKIP
>>> result["economic_account"].value                           # doctest: +SKIP
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyaccount.decision_model import DecisionModel
    from keyaccount.diagnostics.diagnostic import (
        Diagnostic,
        FactError,
        KeyaccountError,
        Language,
        PolicyError,
        UnknownNameError,
    )
    from keyaccount.ir.outcome import Status
    from keyaccount.limits import Limits
    from keyaccount.policy_set import PolicySet
    from keyaccount.result import DecisionResult, Result

__all__ = [
    "DecisionModel",
    "DecisionResult",
    "Diagnostic",
    "FactError",
    "KeyaccountError",
    "Language",
    "Limits",
    "PolicyError",
    "PolicySet",
    "Result",
    "Status",
    "UnknownNameError",
]

_HOMES = {
    "DecisionModel": "keyaccount.decision_model",
    "DecisionResult": "keyaccount.result",
    "Diagnostic": "keyaccount.diagnostics.diagnostic",
    "FactError": "keyaccount.diagnostics.diagnostic",
    "KeyaccountError": "keyaccount.diagnostics.diagnostic",
    "Language": "keyaccount.diagnostics.diagnostic",
    "Limits": "keyaccount.limits",
    "PolicyError": "keyaccount.diagnostics.diagnostic",
    "PolicySet": "keyaccount.policy_set",
    "Result": "keyaccount.result",
    "Status": "keyaccount.ir.outcome",
    "UnknownNameError": "keyaccount.diagnostics.diagnostic",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: `keyaccount --help` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
