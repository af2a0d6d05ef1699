from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from keyaccount.ir.regions import EVERYTHING, NOTHING, comparison, points

OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
VALUES = [Decimal(n) / 2 for n in range(-2, 13)]
BOUNDS = st.integers(0, 5).map(Decimal)
REGIONS = st.recursive(
    st.tuples(st.sampled_from(sorted(OPERATORS)), BOUNDS),
    lambda inner: st.one_of(
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=8,
)


def region(tree):
    match tree:
        case ("and", left, right):
            return region(left) & region(right)
        case ("or", left, right):
            return region(left) | region(right)
        case ("not", inner):
            return ~region(inner)
        case (operator, bound):
            return comparison(operator, bound)


def holds(tree, value):
    match tree:
        case ("and", left, right):
            return holds(left, value) and holds(right, value)
        case ("or", left, right):
            return holds(left, value) or holds(right, value)
        case ("not", inner):
            return not holds(inner, value)
        case (operator, bound):
            return OPERATORS[operator](value, bound)


@given(REGIONS)
def test_a_region_holds_just_the_values_that_pass(tree):
    found = region(tree)
    for value in VALUES:
        assert bool(found & points([value])) == holds(tree, value)


@given(REGIONS)
def test_the_example_of_a_region_is_in_it(tree):
    found = region(tree)
    if found:
        example = found.example()
        assert example is None or holds(tree, example)
    else:
        assert not any(holds(tree, value) for value in VALUES)


def test_everything_and_nothing():
    assert ~EVERYTHING == NOTHING
    assert ~NOTHING == EVERYTHING
    assert (comparison("<", 5) | comparison(">=", 5)) == EVERYTHING
    assert not comparison("<", 5) & comparison(">", 5)
