"""The requirements graph: what needs what, in which order, and where it runs in a circle.

Source: DMN 1.5, 6.2.2 (information requirements are acyclic).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants, rules_of


def in_order(needs: Mapping[str, Sequence[str]]) -> tuple[list[str], list[tuple[str, ...]]]:
    """The names, each after those it needs; and the circles found.

    A name that closes a circle is listed as if it did not need what closes it,
    so that the rest can still be checked. No recursion: a chain may be long.
    """
    order: list[str] = []
    cycles: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        on_path: set[str] = set()
        pending = [(start, False)]
        while pending:
            name, leaving = pending.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                done.add(name)
                order.append(name)
            elif name in on_path:
                cycles.append((*path[path.index(name) :], name))
            elif name not in done and name in needs:
                path.append(name)
                on_path.add(name)
                pending.append((name, True))
                pending.extend((each, False) for each in reversed(needs[name]))
    return order, cycles


def select(program: core.Program, names: Iterable[str], *, reasons: bool = False) -> core.Program:
    """The program cut down to some decisions and all that they need.

    Args:
        program: the whole.
        names: full names of decisions.
        reasons: whether what only their reasons mention is needed too.
    """
    needed: dict[str, Uses] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in needed:
            needed[name] = uses(program.decisions[name], reasons=reasons)
            pending.extend(needed[name].decisions)
    facts = {name for each in needed.values() for name in each.facts}
    parameters = {name for each in needed.values() for name in each.parameters}
    functions = functions_needed(
        program, {name for each in needed.values() for name in each.functions}
    )
    return replace(
        program,
        facts={name: each for name, each in program.facts.items() if name in facts},
        parameters={n: each for n, each in program.parameters.items() if n in parameters},
        decisions={name: each for name, each in program.decisions.items() if name in needed},
        event_types={},
        event_rules={},
        functions={n: each for n, each in program.functions.items() if n in functions},
    )


def functions_needed(program: core.Program, names: Iterable[str]) -> set[str]:
    """The functions of those names and all that they call, themselves perhaps."""
    needed: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(Uses([program.functions[name]]).functions)
    return needed


class Uses:
    """What expressions mention, each in the order of first mention."""

    __slots__ = ("decisions", "facts", "functions", "parameters")

    def __init__(self, expressions: Iterable[core.Expression]) -> None:
        facts: dict[str, None] = {}
        decisions: dict[str, None] = {}
        parameters: dict[str, None] = {}
        functions: dict[str, None] = {}
        for node in chain.from_iterable(map(descendants, expressions)):
            match node:
                case core.Input():
                    facts[node.name] = None
                case core.DecisionValue():
                    decisions[node.name] = None
                case core.ParameterValue():
                    parameters[node.name] = None
                case core.NamedFunction():
                    functions[node.name] = None
                case _:
                    pass
        self.facts = tuple(facts)
        self.decisions = tuple(decisions)
        self.parameters = tuple(parameters)
        self.functions = tuple(functions)


def uses(decision: core.Decision, *, reasons: bool = False) -> Uses:
    """What a decision mentions directly, in its logic alone or in its reasons too."""
    return Uses([decision.logic, *(_told(decision) if reasons else ())])


def _told(decision: core.Decision) -> Iterator[core.Expression]:
    """The expressions in the reasons of a decision and its rules."""
    for because in (decision.because, *(each.because for each in rules_of(decision.logic))):
        for template in because.values():
            yield from (part for part in template if not isinstance(part, str))
