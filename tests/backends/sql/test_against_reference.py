"""SQL on DuckDB gives what the reference interpreter gives, on random programs and facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import sql_on_duckdb
from generators.comparing import canonical_outcome
from generators.policies import accounts, programs
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.rewrite import rebuild
from yaml_cases import program_of

AS_OF = date(2026, 1, 31)


def answers(outcomes):
    """What an outcome says, without the names of the conflicts, which SQL does not tell."""
    told = {name: canonical_outcome(each) for name, each in outcomes.items()}
    for each in told.values():
        del each["conflicts"]
    return told


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(accounts(), min_size=1, max_size=8), st.booleans())
def test_random_programs_and_accounts(
    program: core.Program, some: list[dict[str, object]], enums: bool
) -> None:
    absent = [name for name in program.facts if all(name not in each for each in some)]
    try:
        found = sql_on_duckdb.decide(program, some, absent=absent, enums=enums)
    except PolicyError:
        reject()  # what is refused has its own tests
    for account, outcomes in zip(some, found, strict=True):
        if outcomes is not None:
            assert answers(outcomes) == answers(evaluate(program, account, AS_OF))


def test_a_named_quotient_by_nothing_is_null_and_not_unknown() -> None:
    program = bind(
        program_of("""\
policy: p
facts:
  x: {type: number, allowed: ">= 0"}
  y: {type: number, nullable: true}
decisions:
  d:
    hit policy: collect
    values: [low, none]
    rules:
      low: {when: "x / y < 2", then: low}
      none: {when: "x / y = null", then: none}
"""),
        AS_OF,
    )
    (decision,) = program.decisions.values()
    quotient, step = _named(decision.logic)
    logic = core.Let(step.type, step.span, "step", quotient, step)
    named = replace(program, decisions={"p.d": replace(decision, logic=logic)})
    accounts_ = [
        {"x": Decimal(x), "y": Decimal(y)} if x is not None else {"y": Decimal(y)}
        for x, y in ((1, 0), (1, 1), (4, 1), (0, 0), (None, 1), (None, 0))
    ]
    found = sql_on_duckdb.decide(named, accounts_)
    for account, outcomes in zip(accounts_, found, strict=True):
        assert outcomes is not None
        assert answers(outcomes) == answers(evaluate(named, account, AS_OF))


def _named(logic: core.Expression) -> tuple[core.Expression, core.Expression]:
    """The quotient in a table's tests, and the table with a name in its place."""
    found: list[core.Expression] = []

    def change(node: core.Expression) -> core.Expression:
        if isinstance(node, core.Arithmetic):
            found.append(node)
            return core.Local(node.type, node.span, "step")
        return rebuild(node, change)

    changed = change(logic)
    return found[0], changed
