"""Hit policies: from the rules that match or may match to a decision's outcome.

The table of ARCHITECTURE.md, "What unknown means", in code.
Source: DMN 1.5, 8.2.10, widened by rules whose condition is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from keyaccount.feel.operations import add_numbers, same
from keyaccount.ir.core import Table
from keyaccount.ir.outcome import Outcome, Status, Unknown
from keyaccount.model.policy import Aggregation, HitPolicy


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that matches, or may match.

    `waits_for` is None where the condition is certainly true; else what the
    open condition waits for. `output` is a value, or an `Unknown`.
    """

    id: str
    output: object
    waits_for: Unknown | None = None


Candidates = Sequence[Candidate]

_NONE: tuple[str, ...] = ()


def combine(table: Table, candidates: Candidates, default: object) -> Outcome:
    """The outcome of a table.

    Args:
        table: for its hit policy, aggregation and declared order.
        candidates: the rules that match or may match, in the author's order.
        default: what no match gives; a value or an `Unknown`.
    """
    if table.aggregation is not None:
        return _AGGREGATIONS[table.aggregation](table, candidates, default)
    return _HIT_POLICIES[table.hit_policy](table, candidates, default)


def value_by_null_rules(outcome: Outcome) -> object:
    """The value of a table inside an expression: DMN's own rules, where a conflict is null."""
    if outcome.status is Status.DECIDED:
        return outcome.value
    if outcome.status is Status.CONFLICT and not outcome.conflicts:
        return None
    return Unknown(frozenset(outcome.missing), frozenset(outcome.conflicts), outcome.possible)


def is_list_valued(table: Table) -> bool:
    """Whether the table gives the list of all its hits."""
    return table.aggregation is None and table.hit_policy in (
        HitPolicy.COLLECT,
        HitPolicy.RULE_ORDER,
        HitPolicy.OUTPUT_ORDER,
    )


def settled(value: object, rules: tuple[str, ...] = ()) -> Outcome:
    """Decided, unless the value itself is unknown."""
    if isinstance(value, Unknown):
        return waiting((value,), None, rules)
    return Outcome(value, rules, Status.DECIDED)


def waiting(
    causes: Iterable[Unknown],
    possible: tuple[object, ...] | None,
    rules: tuple[str, ...] = (),
    value: object = None,
) -> Outcome:
    """Undetermined; or in conflict, where a cause is one."""
    missing: set[str] = set()
    conflicts: set[str] = set()
    for cause in causes:
        missing |= cause.missing
        conflicts |= cause.conflicts
    if conflicts:
        return Outcome(None, (), Status.CONFLICT, conflicts=tuple(sorted(conflicts)))
    return Outcome(value, rules, Status.UNDETERMINED, tuple(sorted(missing)), possible)


def distinct(values: Iterable[object]) -> tuple[object, ...]:
    """The values without repetitions, each where it first stood."""
    found: list[object] = []
    for value in values:
        if not any(same(value, each) for each in found):
            found.append(value)
    return tuple(found)


def _split(candidates: Candidates) -> tuple[list[Candidate], list[Candidate]]:
    matching = [each for each in candidates if each.waits_for is None]
    open_ = [each for each in candidates if each.waits_for is not None]
    return matching, open_


def _ids(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(each.id for each in candidates)


def _conflict(matching: Candidates) -> Outcome:
    return Outcome(None, _ids(matching), Status.CONFLICT)


def _among(
    outputs: Sequence[object], open_: Candidates, rules: tuple[str, ...], decided: tuple[str, ...]
) -> Outcome:
    """One of several outputs: decided by `decided` where all are the same value."""
    unknown = [each for each in outputs if isinstance(each, Unknown)]
    possible = None if unknown else distinct(outputs)
    if possible is not None and len(possible) == 1:
        return settled(possible[0], decided)
    causes = [each.waits_for for each in open_ if each.waits_for is not None]
    return waiting([*causes, *unknown], possible, rules)


def _unique(table: Table, candidates: Candidates, default: object) -> Outcome:
    matching, open_ = _split(candidates)
    if len(matching) > 1:
        return _conflict(matching)
    if not open_:
        return settled(matching[0].output if matching else default, _ids(matching))
    if matching:
        return _may_conflict(matching, open_)
    outputs = [*(each.output for each in open_), *_if_none(table, default)]
    if len(open_) == 1 or table.disjoint:
        return _among(outputs, open_, (), ())
    return _undetermined(outputs, open_)


def _if_none(table: Table, default: object) -> tuple[object, ...]:
    """What comes out where no open rule comes in; nothing, where some rule has to."""
    return () if table.complete else (default,)


def _undetermined(outputs: Sequence[object], open_: Candidates) -> Outcome:
    """Never decided: were several of the open rules to match, they would contradict."""
    unknown = [each for each in outputs if isinstance(each, Unknown)]
    causes = [each.waits_for for each in open_ if each.waits_for is not None]
    return waiting([*causes, *unknown], None if unknown else distinct(outputs))


def _may_conflict(matching: Candidates, open_: Candidates) -> Outcome:
    """A rule matches; an open one would contradict it."""
    output = matching[0].output
    unknown = [each.output for each in (*matching, *open_) if isinstance(each.output, Unknown)]
    causes = [each.waits_for for each in open_ if each.waits_for is not None]
    return waiting([*causes, *unknown], None if unknown else (output,), _ids(matching))


def _any(table: Table, candidates: Candidates, default: object) -> Outcome:
    matching, open_ = _split(candidates)
    known = [each.output for each in matching if not isinstance(each.output, Unknown)]
    if len(distinct(known)) > 1:
        return _conflict(matching)
    if not matching:
        return _open_or_default(table, open_, default)
    rules = _ids(matching)
    outputs = [each.output for each in (*matching, *open_)]
    if any(isinstance(each, Unknown) for each in outputs) or len(distinct(outputs)) > 1:
        return _may_conflict(matching, open_)
    return settled(outputs[0], rules)


def _first(table: Table, candidates: Candidates, default: object) -> Outcome:
    open_: list[Candidate] = []
    for each in candidates:
        if each.waits_for is None:
            outputs = [*(before.output for before in open_), each.output]
            return _among(outputs, open_, (), (each.id,))
        open_.append(each)
    return _open_or_default(table, open_, default)


def _open_or_default(table: Table, open_: Candidates, default: object) -> Outcome:
    """Where no rule matches for certain."""
    if not open_:
        return settled(default)
    outputs = [*(each.output for each in open_), *_if_none(table, default)]
    return _among(outputs, open_, (), ())


def _priority(table: Table, candidates: Candidates, default: object) -> Outcome:
    matching, open_ = _split(candidates)
    if any(isinstance(each.output, Unknown) for each in candidates):
        return _among([each.output for each in candidates], open_, (), ())
    best = min(matching, key=lambda each: rank(table, each.output), default=None)
    if best is None:
        return _open_or_default(table, open_, default)
    ceiling = rank(table, best.output)
    above = [each for each in open_ if rank(table, each.output) < ceiling]
    if not above:
        return settled(best.output, (best.id,))
    return _among([*(each.output for each in above), best.output], above, (), (best.id,))


def rank(table: Table, output: object) -> tuple[int, ...]:
    """Where an output stands in the declared order: lower is higher priority.

    A value that is not declared comes last. Several outputs: by the first, then
    by the next. Source: DMN 1.5, 8.2.10 (priority, output order).
    """
    return tuple(_place(_component(output, name), order) for name, order in table.order)


def _component(output: object, name: str | None) -> object:
    if name is None or not isinstance(output, Mapping):
        return output
    return output.get(name)


def _place(value: object, order: tuple[object, ...]) -> int:
    return next((i for i, each in enumerate(order) if same(each, value)), len(order))


def _collect(table: Table, candidates: Candidates, default: object) -> Outcome:
    del default  # the empty list is what no match gives
    matching, open_ = _split(candidates)
    unknown = [each.output for each in candidates if isinstance(each.output, Unknown)]
    certain = [each for each in matching if not isinstance(each.output, Unknown)]
    if table.hit_policy is HitPolicy.OUTPUT_ORDER:
        certain.sort(key=lambda each: rank(table, each.output))
    value, rules = [each.output for each in certain], _ids(matching)
    if not open_ and not unknown:
        return settled(value, rules)
    possible = None if unknown else distinct(each.output for each in open_)
    causes = [each.waits_for for each in open_ if each.waits_for is not None]
    return waiting([*causes, *unknown], possible, rules, value)


def _count(_: Table, candidates: Candidates, default: object) -> Outcome:
    del default  # none matching is a count of 0
    matching, open_ = _split(candidates)
    least, most = len(matching), len(candidates)
    if not open_:
        return settled(Decimal(least), _ids(matching))
    possible = tuple(Decimal(each) for each in range(least, most + 1))
    causes = [each.waits_for for each in open_ if each.waits_for is not None]
    return waiting(causes, possible, _ids(matching))


def _aggregated(
    candidates: Candidates, default: object
) -> tuple[list[Candidate], list[Candidate], Outcome | None]:
    """Matching and open rules; and the outcome where no figuring is needed or possible."""
    matching, open_ = _split(candidates)
    unknown = [each.output for each in candidates if isinstance(each.output, Unknown)]
    if unknown:
        causes = [each.waits_for for each in open_ if each.waits_for is not None]
        return matching, open_, waiting([*causes, *unknown], None, _ids(matching))
    if not candidates:
        return matching, open_, settled(default)
    return matching, open_, None


def _sum(_: Table, candidates: Candidates, default: object) -> Outcome:
    matching, open_, outcome = _aggregated(candidates, default)
    if outcome is not None:
        return outcome
    rules = _ids(matching)
    if open_ and not (matching and all(same(each.output, Decimal(0)) for each in open_)):
        causes = [each.waits_for for each in open_ if each.waits_for is not None]
        return waiting(causes, None, rules)
    total: object = Decimal(0)
    for each in matching:
        total = _plus(total, each.output)
    return settled(total, rules)


def _plus(left: object, right: object) -> object:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return add_numbers(left, right)
    return None


def _extreme(pick: Callable[[Iterable[Decimal]], Decimal]) -> Callable[..., Outcome]:
    """`min` or `max` of the outputs; an output that is no number makes the result null."""

    def aggregate(table: Table, candidates: Candidates, default: object) -> Outcome:
        matching, open_, outcome = _aggregated(candidates, default)
        if outcome is not None:
            return outcome
        rules = _ids(matching)
        numbers = [each.output for each in matching if isinstance(each.output, Decimal)]
        if len(numbers) < len(matching):
            return settled(None, rules)
        if not numbers:
            return _open_or_default(table, open_, default)
        result = pick(numbers)
        better = [each for each in open_ if _changes(pick, result, each.output)]
        if not better:
            return settled(result, rules)
        return _among([*(each.output for each in better), result], better, rules, rules)

    return aggregate


def _changes(pick: Callable[[Iterable[Decimal]], Decimal], so_far: Decimal, new: object) -> bool:
    return not isinstance(new, Decimal) or pick((so_far, new)) != so_far


_HIT_POLICIES: dict[HitPolicy, Callable[[Table, Candidates, object], Outcome]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.COLLECT: _collect,
    HitPolicy.RULE_ORDER: _collect,
    HitPolicy.OUTPUT_ORDER: _collect,
}

_AGGREGATIONS: dict[Aggregation, Callable[[Table, Candidates, object], Outcome]] = {
    Aggregation.COUNT: _count,
    Aggregation.SUM: _sum,
    Aggregation.MIN: _extreme(min),
    Aggregation.MAX: _extreme(max),
}
