"""The Python backend gives what the reference interpreter gives, on random programs and facts."""

from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators.comparing import canonical_outcomes
from generators.policies import accounts, programs
from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.backends.python.hits import outcome_of
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome

AS_OF = date(2026, 1, 31)
NOW = datetime(2026, 1, 31, 9, 30)  # noqa: DTZ001 -- a local time, as FEEL knows it

Account = dict[str, object]


def through_the_door(compiled: CompiledProgram, account: Account) -> dict[str, Outcome]:
    raw, _ = compiled.decide_raw(account, AS_OF, NOW)
    return dict(zip(compiled.decisions, map(outcome_of, raw), strict=True))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(accounts(), min_size=1, max_size=8))
def test_random_programs_and_accounts(program: core.Program, some: list[Account]) -> None:
    compiled = compile_program(program)
    for account in some:
        expected = canonical_outcomes(evaluate(program, account, AS_OF, NOW))
        assert canonical_outcomes(compiled.decide(account, AS_OF, NOW)) == expected
        assert canonical_outcomes(through_the_door(compiled, account)) == expected
