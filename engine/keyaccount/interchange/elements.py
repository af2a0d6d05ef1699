"""The elements that a policy makes in a DMN model: their names and ids.

What is borrowed from another policy comes in when it is first mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from keyaccount.model.policy import Policy

Kind = OneOf["fact", "parameter", "function", "decision"]
KINDS: tuple[Kind, ...] = ("fact", "parameter", "function", "decision")
_NOT_IN_IDS = re.compile(
    "[^-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u203f-\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U000effff]"
)
"""What XML allows in no id. Source: XML 1.0, NameChar."""


@dataclass(frozen=True, slots=True)
class Element:
    """A fact, parameter, function or decision in the model."""

    kind: Kind
    policy: str
    local: str
    name: str
    id: str


class Ids:
    """Ids of one file, no two alike."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def fresh(self, *parts: str) -> str:
        """An id that says what it is of."""
        wanted = _NOT_IN_IDS.sub("_", "_".join(parts))
        return _free(wanted, self._taken)


class Elements:
    """All elements of a model, those of its own policy first."""

    def __init__(self, policies: Mapping[str, Policy], policy: str) -> None:
        self.ids = Ids()
        self.names: set[str] = set()
        self._policies = policies
        self._policy = policy
        self._found: dict[tuple[Kind, str, str], Element] = {}
        for kind in KINDS:
            for local in declared(policies[policy], kind):
                self.element(kind, policy, local)

    def element(self, kind: Kind, policy: str, local: str) -> Element:
        """An element, there from now on; facts of one name are one fact."""
        if kind == "fact" and local in self._policies[self._policy].facts:
            policy = self._policy
        key = (kind, "" if kind == "fact" else policy, local)
        if key not in self._found:
            own = policy == self._policy or local not in self.names
            name = _free(local if own else f"{policy}_{local}", self.names)
            self._found[key] = Element(kind, policy, local, name, self.ids.fresh(kind, name))
        return self._found[key]

    def visible(self, policy: str, name: str) -> Element | None:
        """What a name in a policy's FEEL stands for; `other.name` is another's decision."""
        kind = self._kind(policy, name)
        if kind is not None:
            return self.element(kind, policy, name)
        other, dot, local = name.partition(".")
        if not dot or self._kind(policy, other) is not None or other not in self._policies:
            return None
        known = local in self._policies[other].decisions
        return self.element("decision", other, local) if known else None

    def _kind(self, policy: str, name: str) -> Kind | None:
        for kind in KINDS:
            if name in declared(self._policies[policy], kind):
                return kind
        return None

    def __iter__(self) -> Iterator[Element]:
        """The elements so far, and those that come in meanwhile."""
        at = 0
        while at < len(self._found):
            yield list(self._found.values())[at]
            at += 1


def declared(policy: Policy, kind: Kind) -> Mapping[str, object]:
    """What a policy declares of a kind, by name."""
    match kind:
        case "fact":
            return policy.facts
        case "parameter":
            return policy.parameters
        case "function":
            return policy.functions
        case "decision":
            return policy.decisions


def _free(wanted: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken; from now on it is."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
