"""SQL on DuckDB gives what the reference interpreter gives, on random programs and facts."""

from datetime import date

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import sql_on_duckdb
from generators.comparing import canonical_outcome
from generators.policies import accounts, programs
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir import core

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
