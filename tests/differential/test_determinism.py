"""What is compiled from the shipped policies does not hang on the order of hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from policies.shipped import POLICIES

PROGRAM = """
import hashlib, linecache
from differential.layouts import LAYOUTS
from differential.shards import bound
from keyaccount.backends.python import compile_program
from keyaccount.backends.sql.kinds import Column
from keyaccount.backends.sql.plan import compile_program as compile_to_sql
from policies.shipped import POLICIES

for policy in POLICIES:
    program = bound(policy)
    forms = LAYOUTS["money"].forms(program)
    columns = {name: Column(form.kind) for name, form in forms.items()}
    plan = compile_to_sql(program, columns, decisions=list(program.decisions))
    decide = compile_program(program, policy).decide_values
    code = "".join(linecache.getlines(decide.__code__.co_filename, decide.__globals__))
    assert code
    digest = hashlib.sha256((plan.sql() + code).encode()).hexdigest()
    print(policy, digest)
"""


def start(hash_seed: str) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": tests}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_code_and_statements_are_the_same_under_any_hash_seed() -> None:
    running = [start("1"), start("2")]
    one, other = (each.communicate()[0] for each in running)
    assert [each.returncode for each in running] == [0, 0]
    assert one == other
    assert len(one.splitlines()) == len(POLICIES)
