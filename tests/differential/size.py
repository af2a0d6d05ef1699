"""How much is compared: a little in every test run, much in `make differential`."""

import os

ROWS = int(os.environ.get("KEYACCOUNT_DIFFERENTIAL_ROWS", "2000"))
"""Accounts for each policy."""

IS_LARGE = ROWS >= 10_000

PROGRAMS = max(40, ROWS // 100)
"""Random policies."""
