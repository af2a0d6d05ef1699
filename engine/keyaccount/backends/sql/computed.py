"""Tables whose outputs are worked out row by row, and sums.

Where no rule is open they are as good as any. A row that waits would have to
list values that only the run can tell: the caller decides it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import candidates as sets
from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.candidates import Candidates, CompiledRule
from keyaccount.backends.sql.conditions import waiting_for
from keyaccount.backends.sql.constants import array, as_kind
from keyaccount.backends.sql.kinds import Kind, ListOf, Number
from keyaccount.backends.sql.masks import Mask
from keyaccount.backends.sql.numbers import width
from keyaccount.backends.sql.outcomes import Outcome, Shown, finished
from keyaccount.backends.sql.session import Refusal
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import UNLISTED, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.model.policy import Aggregation, HitPolicy

_ZERO = trees.integer(0)


def counts(numbers: Sequence[int]) -> tuple[object, ...]:
    """Whole numbers as FEEL has them."""
    return tuple(map(Decimal, numbers))


def outcome(candidates: Candidates) -> Outcome:
    """The outcome of a table with computed outputs, or of a sum.

    Raises:
        Refusal: the hit policy needs to know its outputs beforehand.
    """
    table = candidates.table
    if table.aggregation is Aggregation.SUM:
        return _sum(candidates)
    if table.aggregation is not None:
        return _extreme(candidates)
    if table.hit_policy is HitPolicy.UNIQUE:
        return _unique(candidates)
    if table.hit_policy is HitPolicy.FIRST:
        return _first(candidates)
    if table.hit_policy is HitPolicy.ANY:
        return _any(candidates)
    if table.hit_policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER):
        return _list(candidates)
    raise Refusal(partial(messages.computed_output, hit_policy=table.hit_policy.value))


def _unique(candidates: Candidates) -> Outcome:
    again = trees.not_(candidates.settled)
    conflict = sets.several(candidates.matching)
    branches = [
        (trees.binary(exp.EQ, candidates.matching, trees.integer(each.bit)), each.output)
        for each in candidates.rules
    ]
    none = (sets.is_zero(candidates.matching), candidates.default)
    return _chosen(candidates, [*branches, none], None, again, candidates.matching, conflict)


def _first(candidates: Candidates) -> Outcome:
    best = candidates.name(
        "best",
        trees.case(
            [(each.condition.sql, trees.integer(each.bit)) for each in candidates.rules], _ZERO
        ),
    )
    earlier = trees.binary(
        exp.BitwiseAnd, candidates.open, trees.binary(exp.Sub, best, trees.integer(1))
    )
    before = trees.case([(sets.is_zero(best), candidates.open)], earlier)
    again = trees.false()
    if candidates.open != _ZERO:
        again = trees.and_([trees.not_(candidates.settled), sets.has_any(before)])
    branches = [(each.condition.sql, each.output) for each in candidates.rules]
    shown = best
    return _chosen(candidates, branches, candidates.default, again, shown, trees.false())


def _any(candidates: Candidates) -> Outcome:
    """The output of the first match; a conflict where another match gives another."""
    again = trees.or_([trees.not_(candidates.settled), _unknown_match(candidates)])
    found = candidates.name(
        "found",
        trees.case(
            [(each.condition.sql, candidates.typed(each.output)) for each in candidates.rules],
            candidates.nothing(),
        ),
    )
    conflict = trees.or_(
        trees.and_([each.condition.sql, _differ(candidates.typed(each.output), found)])
        for each in candidates.rules
    )
    none = (sets.is_zero(candidates.matching), candidates.default)
    branches = [none, *((each.condition.sql, each.output) for each in candidates.rules)]
    differ = candidates.name("differ", trees.coalesce(conflict, trees.false()))
    clear = [(trees.and_([trees.not_(differ), when]), each) for when, each in branches]
    return _chosen(candidates, clear, None, again, candidates.matching, differ)


def _differ(left: Sql, right: Sql) -> Sql:
    return trees.binary(exp.NullSafeNEQ, left, right)


def _unknown_match(candidates: Candidates) -> Sql:
    """Whether the output of a rule that matches is itself unknown."""
    return trees.or_(
        trees.and_([each.condition.sql, each.output.unknown]) for each in candidates.rules
    )


def _list(candidates: Candidates) -> Outcome:
    """The outputs of all matches, one after another."""
    session, kind = candidates.session, ListOf(candidates.kind)
    session.decide_again(trees.or_([trees.not_(candidates.settled), _unknown_match(candidates)]))
    empty = array(session, [], candidates.kind)
    parts = [
        trees.case(
            [(each.condition.sql, array(session, [candidates.typed(each.output)], kind.item))],
            empty,
        )
        for each in candidates.rules
    ]
    sql = parts[0]
    if len(parts) > 1:
        sql = exp.ArrayConcat(this=parts[0], expressions=parts[1:])
    return _finished(candidates, sql, masks.EMPTY, candidates.matching, trees.false(), kind)


def _chosen(
    candidates: Candidates,
    branches: Sequence[tuple[Sql, Value]],
    default: Value | None,
    again: Sql,
    shown: Sql,
    conflict: Sql,
) -> Outcome:
    """The output of the first branch that holds."""
    candidates.session.decide_again(again)
    otherwise = candidates.nothing() if default is None else candidates.typed(default)
    sql = trees.case([(when, candidates.typed(each)) for when, each in branches], otherwise)
    causes = masks.choose(
        [(when, each.causes) for when, each in branches],
        masks.EMPTY if default is None else default.causes,
    )
    return _finished(candidates, sql, causes, shown, conflict)


def _finished(
    candidates: Candidates,
    sql: Sql,
    causes: Mask,
    shown: Sql,
    conflict: Sql,
    kind: Kind | None = None,
) -> Outcome:
    session, hint = candidates.session, candidates.hint
    if not trees.is_false(conflict):
        own = masks.word_where(conflict, 1)
        causes = {
            **causes,
            masks.CONFLICT: masks.union_of_words([causes.get(masks.CONFLICT, 0), own]),
        }
    value = session.named(
        hint,
        Value(kind or candidates.kind, sql, causes, nullable=True, options=UNLISTED),
    )
    if candidates.table.hit_policy is HitPolicy.FIRST and candidates.table.aggregation is None:
        # An undetermined `first` names no rule, not even the one whose output is unknown.
        shown = trees.case([(value.unknown, _ZERO)], shown)
    elif masks.CONFLICT in value.causes:
        foreign = trees.and_(
            [masks.any_bit({0: value.causes[masks.CONFLICT]}), trees.not_(conflict)]
        )
        shown = trees.case([(foreign, _ZERO)], shown)
    ids = {each.bit: each.id for each in candidates.rules}
    return finished(session, hint, value, Shown(ids, candidates.name("rules", shown)))


def _sum(candidates: Candidates) -> Outcome:
    kind = _sum_kind(candidates)
    terms = [_term(candidates, each, kind) for each in candidates.rules]
    total = terms[0] if terms else trees.integer(0)
    for each in terms[1:]:
        total = exp.Add(this=total, expression=each)
    none = sets.is_zero(candidates.matching)
    total = candidates.session.cast(total, kind)
    value = trees.case([(none, as_kind(candidates.session, candidates.default, kind))], total)
    if candidates.constant_outputs:
        return _constant_sum(candidates, value, kind)
    candidates.session.decide_again(trees.not_(candidates.settled))
    return _finished(
        candidates, value, _of_matches(candidates), candidates.matching, trees.false(), kind
    )


def _of_matches(candidates: Candidates) -> Mask:
    """What the outputs of the matching rules wait for; the default's where none matches."""
    matches = masks.union(
        masks.where(each.condition.sql, each.output.causes) for each in candidates.rules
    )
    none = sets.is_zero(candidates.matching)
    return masks.union([matches, masks.where(none, candidates.default.causes)])


def _constant_sum(candidates: Candidates, total: Sql, kind: Number) -> Outcome:
    """Open rules matter unless some rule matches and all open ones give 0."""
    zeros = sum(
        each.bit
        for each in candidates.rules
        if each.output.constant is not None and each.output.constant.value == 0
    )
    harmless = trees.and_([sets.has_any(candidates.matching), sets.within(candidates.open, zeros)])
    waits = candidates.name(
        "waiting",
        trees.case([(candidates.settled, _ZERO), (harmless, _ZERO)], candidates.open),
    )
    rules = [(each.condition, each.bit) for each in candidates.rules]
    causes = masks.where(sets.has_any(waits), waiting_for(rules, waits))
    value = trees.case([(sets.is_zero(waits), total)], candidates.session.typed_null(kind))
    return _finished(candidates, value, causes, candidates.matching, trees.false(), kind)


def _term(candidates: Candidates, rule: CompiledRule, kind: Number) -> Sql:
    zero = candidates.session.cast(_ZERO, kind)
    output = as_kind(candidates.session, rule.output, kind)
    return trees.case([(rule.condition.sql, output)], zero)


def _sum_kind(candidates: Candidates) -> Number:
    """Wide enough for all rules together."""
    given = (*candidates.outputs, candidates.default)
    widest = [each.kind for each in given if isinstance(each.kind, Number)]
    scale = max((each.scale for each in widest), default=0)
    digits = max((each.integer_digits for each in widest), default=1)
    return width(digits + scale + len(str(len(widest))), scale)


def _extreme(candidates: Candidates) -> Outcome:
    """The least or greatest output of the matches; null where one of them is null."""
    candidates.session.decide_again(trees.not_(candidates.settled))
    function = "LEAST" if candidates.table.aggregation is Aggregation.MIN else "GREATEST"
    given = [
        trees.case([(each.condition.sql, candidates.typed(each.output))], candidates.nothing())
        for each in candidates.rules
    ]
    lacking = trees.or_(
        trees.and_([each.condition.sql, trees.is_null(each.output.sql)])
        for each in candidates.rules
        if each.output.nullable or each.output.causes
    )
    # LEAST and GREATEST pass over NULL in all three engines: here, the rules that don't match.
    best = trees.call(function, *given) if len(given) > 1 else given[0]
    value = trees.case(
        [
            (sets.is_zero(candidates.matching), candidates.typed(candidates.default)),
            (lacking, candidates.nothing()),
        ],
        best,
    )
    return _finished(candidates, value, _of_matches(candidates), candidates.matching, trees.false())
