"""The policies that come with keyaccount, read once for all tests."""

from pathlib import Path

from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.formats.yaml.reader import read_policies
from keyaccount.ir.lowering import lower

FOLDER = Path(__file__).parents[2] / "policies"
EVERY = read_policies(FOLDER)
POLICIES = {name: each for name, each in EVERY.items() if each.decisions}
"""Those that decide; the others have plans alone."""
PROGRAM = lower(EVERY)
TESTS = {name: read_policy_tests(FOLDER / "tests" / f"{name}.yaml") for name in EVERY}
