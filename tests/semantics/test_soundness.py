"""What is said of an account with facts missing holds whatever the missing facts turn out to be."""

from datetime import date

from hypothesis import HealthCheck, given, settings

from generators.policies import accounts, programs
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.feel.operations import same
from keyaccount.ir.outcome import Outcome, Status

AS_OF = date(2026, 1, 31)


def holds(values, sought):
    return any(same(each, sought) for each in values)


def agrees(early: Outcome, late: Outcome) -> bool:
    """Whether what was said early allows for what came out once all was known."""
    if early.status is Status.CONFLICT or late.status is Status.CONFLICT:
        # An open rule may turn out to contradict; but nothing decided may.
        return early.status is not Status.DECIDED
    if early.status is Status.DECIDED:
        return same(early.value, late.value)
    if early.possible is None:
        return True
    if isinstance(early.value, list):
        added = [each for each in late.value if not holds(early.value, each)]
        kept = all(holds(late.value, each) for each in early.value)
        return kept and all(holds(early.possible, each) for each in added)
    return holds(early.possible, late.value)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), accounts(), accounts(complete=True))
def test_no_completion_contradicts(program, account, other):
    known = {name: value for name, value in account.items() if value is not None}
    # A nullable fact that was left out counts as null: only the others may still come.
    may_come = [
        each.name for each in program.facts.values() if not each.nullable and each.default is None
    ]
    complete = {**known, **{name: other[name] for name in may_come if name not in known}}
    early, late = evaluate(program, known, AS_OF), evaluate(program, complete, AS_OF)
    for name in program.decisions:
        assert agrees(early[name], late[name]), name
