"""Decision tables: from compiled rules to the decision's outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from keyaccount.backends.sql import candidates as sets
from keyaccount.backends.sql import computed, hit_policies, masks, trees
from keyaccount.backends.sql.candidates import Candidates, CompiledRule, Finals, Verdict
from keyaccount.backends.sql.conditions import waiting_for
from keyaccount.backends.sql.constants import common_kind
from keyaccount.backends.sql.kinds import INTEGER, Hits, Kind, Label, Nothing, Number, Quotient
from keyaccount.backends.sql.outcomes import NO_RULES, Outcome, Shown, finished
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.values import UNLISTED, Members, Options, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.feel.types import Enumeration, ListType, Type
from keyaccount.ir import core
from keyaccount.ir.hit_policies import is_list_valued, rank
from keyaccount.model.policy import Aggregation, HitPolicy


def table_outcome(
    session: Session,
    hint: str,
    table: core.Table,
    rules: Sequence[CompiledRule],
    default: Value,
) -> Outcome:
    """The outcome of a table whose rules are compiled.

    Raises:
        Refusal: this form of table has no equal in SQL.
    """
    if len(rules) > sets.MAX_RULES:
        raise Refusal(partial(messages.too_many_rules, count=len(rules), limit=sets.MAX_RULES))
    if not rules and not is_list_valued(table) and not _is_count(table):
        if isinstance(default.kind, Quotient):
            raise Refusal(messages.open_division)
        bare = replace(default, options=UNLISTED, of_decision=False)
        return finished(session, hint, session.named(hint, bare), NO_RULES)
    kind = _kind(table, rules, default)
    candidates = sets.gather(session, hint, table, rules, default, kind)
    if not candidates.constant_outputs and not _is_count(table):
        return computed.outcome(candidates)
    finals = Finals(candidates)
    if not finals.fit:
        raise Refusal(partial(messages.too_many_rules, count=len(rules), limit=sets.MAX_RULES // 2))
    if table.aggregation is Aggregation.SUM:
        return computed.outcome(candidates)
    policy = hit_policies.POLICIES[table.hit_policy]
    if _is_count(table):
        policy = hit_policies.count
    elif table.aggregation is not None:
        policy = hit_policies.ranked
        if any(isinstance(each.kind, Nothing) for each in candidates.outputs):
            raise Refusal(messages.mixed_outputs)
    return _outcome(candidates, finals, policy(candidates, finals))


def _is_count(table: core.Table) -> bool:
    return table.aggregation is Aggregation.COUNT


def _kind(table: core.Table, rules: Sequence[CompiledRule], default: Value) -> Kind:
    if _is_count(table):
        return INTEGER
    given = [each.output.kind for each in rules]
    if not is_list_valued(table):
        given.append(default.kind)
    kind = common_kind(given)
    declared = _item(table.type)
    if isinstance(kind, Label) and isinstance(declared, Enumeration):
        return Label(declared.values) if set(kind.values) <= set(declared.values) else kind
    if table.aggregation is not None and not isinstance(kind, Number):
        raise Refusal(messages.mixed_outputs)
    return kind


def _item(kind: Type) -> Type:
    return kind.item if isinstance(kind, ListType) else kind


def _outcome(candidates: Candidates, finals: Finals, verdict: Verdict) -> Outcome:
    session, table = candidates.session, candidates.table
    causes = dict(
        masks.where(
            sets.has_any(verdict.waits),
            waiting_for([(each.condition, each.bit) for each in candidates.rules], verdict.waits),
        )
    )
    if not trees.is_false(verdict.conflict):
        own = masks.word_where(verdict.conflict, 1)
        causes[masks.CONFLICT] = masks.union_of_words([causes.get(masks.CONFLICT, 0), own])
    kind: Kind = candidates.kind
    members = None
    if is_list_valued(table):
        members = _members(candidates)
        kind = Hits(kind)
    value = Value(
        kind,
        verdict.value,
        session.named_causes(
            candidates.hint, Value(Hits(kind), verdict.value, causes), verdict.value
        ),
        nullable=members is not None or _may_be_null(candidates),
        options=_options(candidates, finals, verdict),
        members=members,
    )
    shown = Shown({each.bit: each.id for each in candidates.rules}, _shown(verdict, causes))
    return finished(session, candidates.hint, value, shown)


def _shown(verdict: Verdict, causes: masks.Mask) -> trees.Sql:
    """The rules, but none where the outcome hangs on another decision's conflict."""
    if masks.CONFLICT not in causes:
        return verdict.shown
    foreign = trees.and_([masks.any_bit({0: causes[masks.CONFLICT]}), trees.not_(verdict.conflict)])
    return trees.case([(foreign, trees.integer(0))], verdict.shown)


def _may_be_null(candidates: Candidates) -> bool:
    if _is_count(candidates.table):
        return False
    given = (*candidates.outputs, candidates.default)
    return any(each.constant is not None and each.constant.value is None for each in given)


def _options(candidates: Candidates, finals: Finals, verdict: Verdict) -> Options:
    if trees.is_true(sets.is_zero(verdict.waits)):
        return Options()
    if _is_count(candidates.table):
        from_none = tuple(range(len(candidates.rules) + 1))
        return Options(computed.counts(from_none), verdict.possible)
    return Options(finals.slots, verdict.possible)


def _members(candidates: Candidates) -> Members:
    """The outputs in the order of the list."""
    rules = list(candidates.rules)
    outputs = {
        each.bit: each.output.constant.value for each in rules if each.output.constant is not None
    }
    if candidates.table.hit_policy is HitPolicy.OUTPUT_ORDER:
        rules.sort(key=lambda each: rank(candidates.table, outputs[each.bit]))
    return Members(tuple(each.bit for each in rules), tuple(outputs[each.bit] for each in rules))
