"""The policies that come with keyaccount, read once for all tests."""

from pathlib import Path

from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.formats.yaml.reader import read_policies
from keyaccount.ir.lowering import lower

FOLDER = Path(__file__).parents[2] / "policies"
EVERY = read_policies(FOLDER)
OVER_LISTS = "concentration"
"""It decides over a whole list of accounts at once, which no row of an account list can hold."""
POLICIES = {name: each for name, each in EVERY.items() if each.decisions and name != OVER_LISTS}
"""Those that decide account by account; the others have plans alone, or look at a whole list."""
PROGRAM = lower(EVERY)
TESTS = {name: read_policy_tests(FOLDER / "tests" / f"{name}.yaml") for name in EVERY}
