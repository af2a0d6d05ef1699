"""Hit policies over constant outputs: all that follows from two sets of rules.

The table of ARCHITECTURE.md, "What unknown means", as SQL on the words
`matching` and `open`. Where nothing is open only the first part of each
applies, and costs what a plain CASE does.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.candidates import (
    Candidates,
    Finals,
    Verdict,
    either,
    has_any,
    is_zero,
    several,
    within,
)
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value
from keyaccount.ir.hit_policies import rank
from keyaccount.model.policy import Aggregation, HitPolicy

_ZERO = trees.integer(0)


def unique(candidates: Candidates, finals: Finals) -> Verdict:
    """One match; two are a conflict."""
    matching, open_, settled = candidates.matching, candidates.open, candidates.settled
    none = is_zero(matching)
    conflict = several(matching)
    value = _by_match(candidates, candidates.typed, candidates.nothing())
    # Open rules that would all give the same change nothing, unless two may match.
    one_at_most = trees.true() if candidates.table.disjoint else trees.not_(several(open_))
    harmless = trees.and_([none, _alike(candidates, open_), one_at_most])
    waits = trees.case([(settled, _ZERO), (trees.or_([conflict, harmless]), _ZERO)], open_)
    possible = trees.case(
        [(none, either(open_, _default_bit(candidates, finals)))],
        _by_match(candidates, lambda each: trees.integer(finals.bit(each)), _ZERO),
    )
    decided = [(settled, value), (harmless, _if_none(candidates, open_))]
    return _verdict(
        candidates, trees.case(decided, candidates.nothing()), matching, waits, possible, conflict
    )


def any_(candidates: Candidates, finals: Finals) -> Verdict:
    """All matches give the same; two different results are a conflict."""
    matching, open_, settled = candidates.matching, candidates.open, candidates.settled
    none = is_zero(matching)
    groups = [(each, bits) for each in finals.values if (bits := candidates.bits_equal_to(each))]
    agreed = trees.or_([none, *(within(matching, bits) for _, bits in groups)])
    conflict = trees.not_(agreed)
    value = trees.case(
        [
            (none, _if_none(candidates, open_)),
            *((within(matching, bits), candidates.typed(each)) for each, bits in groups),
        ],
        candidates.nothing(),
    )
    harmless = trees.case(
        [
            (none, _alike(candidates, open_)),
            *((within(matching, bits), within(open_, bits)) for each, bits in groups),
        ],
        trees.true(),
    )
    waits = trees.case([(settled, _ZERO), (harmless, _ZERO)], open_)
    possible = trees.case(
        [
            (none, either(open_, _default_bit(candidates, finals))),
            *((within(matching, bits), trees.integer(finals.bit(each))) for each, bits in groups),
        ],
        _ZERO,
    )
    decided = trees.case([(settled, value), (harmless, value)], candidates.nothing())
    return _verdict(candidates, decided, matching, waits, possible, conflict)


def ranked(candidates: Candidates, finals: Finals) -> Verdict:
    """`first`, `priority`, `collect min` and `max`: the best match by some order of the rules."""
    matching, open_, settled = candidates.matching, candidates.open, candidates.settled
    ranks = _ranks(candidates)
    order = sorted(range(len(ranks)), key=lambda i: ranks[i])
    rules = [candidates.rules[i] for i in order]
    value = trees.case(
        [(each.condition.sql, candidates.typed(each.output)) for each in rules],
        _if_none(candidates, open_),
    )
    best = candidates.name(
        "best",
        trees.case([(each.condition.sql, trees.integer(each.bit)) for each in rules], _ZERO),
    )
    above = {
        rule.bit: sum(
            other.bit
            for j, other in enumerate(candidates.rules)
            if ranks[j] < ranks[candidates.rules.index(rule)]
        )
        for rule in rules
    }
    better = candidates.name(
        "better",
        trees.case(
            [(settled, _ZERO), (is_zero(best), open_)],
            trees.binary(exp.BitwiseAnd, open_, _switch(best, above)),
        )
        if open_ != _ZERO
        else _ZERO,
    )
    harmless = trees.case(
        [(is_zero(best), _alike(candidates, better))],
        _any_of(
            best,
            [(rule.bit, within(better, candidates.bits_equal_to(rule.output))) for rule in rules],
        ),
    )
    undecided = trees.and_([has_any(better), trees.not_(harmless)])
    waits = trees.case([(undecided, better)], _ZERO)
    of_default = 0 if candidates.table.complete else finals.bit(candidates.default)
    finally_ = {0: of_default, **{each.bit: finals.bit(each.output) for each in rules}}
    possible = either(better, _switch(best, finally_))
    decided = trees.case([(undecided, candidates.nothing())], value)
    shown = matching
    if candidates.table.aggregation is None:
        shown = trees.case([(undecided, _ZERO)], best)
    return _verdict(candidates, decided, shown, waits, possible, trees.false())


def _ranks(candidates: Candidates) -> list[tuple[object, ...]]:
    """Where each rule stands: lower is better; equal ones don't outdo each other."""
    table = candidates.table
    if table.hit_policy is HitPolicy.FIRST:
        return [(i,) for i in range(len(candidates.rules))]
    values = [_constant(each) for each in candidates.outputs]
    if table.aggregation is not None:
        sign = 1 if table.aggregation is Aggregation.MIN else -1
        return [(sign * each if isinstance(each, Decimal) else 0,) for each in values]
    return [rank(table, each) for each in values]


def _constant(value: Value) -> object:
    return None if value.constant is None else value.constant.value


def collect(candidates: Candidates, _: Finals) -> Verdict:
    """The set of the matches; its members are listed by whoever reads it."""
    matching, open_ = candidates.matching, candidates.open
    return _verdict(candidates, matching, matching, open_, open_, trees.false())


def count(candidates: Candidates, _: Finals) -> Verdict:
    """How many match; possible is every number from these to these and the open ones.

    The slots are the numbers from 0 on: the bits from `least` to `least + open`.
    """
    least = _how_many([each.condition.sql for each in candidates.rules])
    open_tests = [
        trees.is_null(each.condition.sql)
        for each in candidates.rules
        if not each.condition.never_open
    ]
    total = candidates.session.cast(least, candidates.kind)
    if not open_tests:
        return _verdict(candidates, total, candidates.matching, _ZERO, _ZERO, trees.false())
    ones = [trees.integer((2 << each) - 1) for each in range(len(candidates.rules) + 1)]
    run = _switch(_how_many(open_tests), dict(enumerate(_numbers(ones))))
    first = _switch(least, {each: 1 << each for each in range(len(candidates.rules) + 1)})
    possible = trees.binary(exp.Mul, trees.cast(run, exp.DataType.build("BIGINT")), first)
    value = trees.case([(candidates.settled, total)], candidates.nothing())
    return _verdict(
        candidates, value, candidates.matching, candidates.open, possible, trees.false()
    )


def _numbers(literals: list[Sql]) -> list[int]:
    return [int(each.name) for each in literals]


def _how_many(tests: list[Sql]) -> Sql:
    terms = [trees.case([(each, trees.integer(1))], _ZERO) for each in tests]
    total = terms[0] if terms else _ZERO
    for each in terms[1:]:
        total = exp.Add(this=total, expression=each)
    return total


def _if_none(candidates: Candidates, open_: Sql) -> Sql:
    """What stands where no rule matches and nothing that is open would change it."""
    *others, (last, _) = candidates.if_none
    branches = [(within(open_, bits), candidates.typed(each)) for each, bits in others]
    return trees.case(branches, candidates.typed(last))


def _alike(candidates: Candidates, open_: Sql) -> Sql:
    """Whether the open rules change nothing where no rule matches."""
    return trees.or_([within(open_, bits) for _, bits in candidates.if_none])


def _default_bit(candidates: Candidates, finals: Finals) -> Sql:
    return _ZERO if candidates.table.complete else trees.integer(finals.bit(candidates.default))


def _by_match(candidates: Candidates, result: Callable[[Value], Sql], default: Sql) -> Sql:
    """By the only rule that matches; for none by the table's default, for several `default`."""
    branches = [(trees.integer(each.bit), result(each.output)) for each in candidates.rules]
    branches.append((_ZERO, result(candidates.default)))
    return trees.switch(candidates.matching, branches, default)


def _switch(word: Sql, results: dict[int, int]) -> Sql:
    branches = [(trees.integer(key), trees.integer(each)) for key, each in results.items()]
    return trees.switch(word, branches, _ZERO)


def _any_of(word: Sql, tests: list[tuple[int, Sql]]) -> Sql:
    return trees.or_(
        trees.and_([trees.binary(exp.EQ, word, trees.integer(bit)), test]) for bit, test in tests
    )


def _verdict(
    candidates: Candidates, value: Sql, shown: Sql, waits: Sql, possible: Sql, conflict: Sql
) -> Verdict:
    """The verdict, its parts as columns."""
    name = candidates.name
    open_ = name("waiting", waits)
    listed = (
        possible
        if isinstance(possible, exp.Literal)
        else trees.case([(has_any(open_), possible)], _ZERO)
    )
    return Verdict(
        name("value", value),
        name("rules", shown),
        open_,
        _ZERO if trees.is_true(is_zero(open_)) else name("possible", listed),
        conflict,
    )


POLICIES: dict[HitPolicy, Callable[[Candidates, Finals], Verdict]] = {
    HitPolicy.UNIQUE: unique,
    HitPolicy.ANY: any_,
    HitPolicy.FIRST: ranked,
    HitPolicy.PRIORITY: ranked,
    HitPolicy.COLLECT: collect,
    HitPolicy.RULE_ORDER: collect,
    HitPolicy.OUTPUT_ORDER: collect,
}
