"""The printed SQL on PostgreSQL gives what the reference gives, on random accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
import pytest

import relations
from differential.backends import AS_OF, Answer
from differential.layouts import LAYOUTS
from differential.shards import accounts_of, bound, seeded
from generators.comparing import canonical_outcomes
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.backends.sql.kinds import Column
from keyaccount.backends.sql.plan import DECIDE_AGAIN, compile_program
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from policies.shipped import POLICIES
from postgres import Server
from relations import ROW, Account
from sql_on_duckdb import outcomes
from yaml_cases import program_of

ROWS = 200
FORMS = LAYOUTS["decimal"]
LAYERED = """\
policy: p
facts:
  m: {type: number}
  b: {type: boolean}
  c: {type: boolean, nullable: true}
  e: {type: string, values: [low, mid, high]}
decisions:
  rating:
    values: [A, B, C, stopped]
    scorecard:
      criteria:
        m: {weight: 0.6, input: m, points: {">= 3": 5, "[0.1..3)": 3, "< 0.1": 1}}
        e: {weight: 0.4, input: e, points: {low: 5, mid: 3, high: 1}}
      vetoes:
        over: {when: {b: false, m: "> 1"}, then: stopped}
      bands: {A: ">= 4.2", B: "[2.6..4.2)", C: "< 2.6"}
  chain:
    hit policy: unique
    values: [p, q, r]
    rules:
      a: {when: {rating: A}, then: p}
      b: {when: {rating: "B, C", b: true}, then: q}
      c: {when: {rating: not(A), b: false}, then: r}
  ranked:
    hit policy: output order
    values: [z, y, x]
    rules:
      a: {when: {m: ">= 1"}, then: x}
      b: {when: {rating: "A, B"}, then: y}
      c: {when: {chain: q}, then: z}
      d: {when: {c: true}, then: y}
"""
"""Layer upon layer of named columns: more than PostgreSQL can write out into one expression."""


@pytest.fixture
def connection(postgresql: Server) -> Iterator[psycopg.Connection]:
    with postgresql.database() as url, psycopg.connect(url) as opened:
        opened.execute("SET statement_timeout = '60s'")
        yield opened


@pytest.mark.parametrize("policy", POLICIES)
def test_shipped_policies(policy: str, connection: psycopg.Connection) -> None:
    assert_agree(bound(policy), connection)


def test_many_layers(connection: psycopg.Connection) -> None:
    assert_agree(bind(program_of(LAYERED), AS_OF), connection)


def assert_agree(program: core.Program, connection: psycopg.Connection) -> None:
    accounts = accounts_of(program, FORMS.forms(program), seeded("on PostgreSQL"), ROWS)
    decided = 0
    for account, found in zip(accounts, answers(program, accounts, connection), strict=True):
        if found is None:
            continue
        decided += 1
        expected = canonical_outcomes(evaluate(program, account, AS_OF))
        plain = {name: {**each, "conflicts": ()} for name, each in expected.items()}
        assert found == plain, account
    assert decided > ROWS / 2


def answers(
    program: core.Program, accounts: Sequence[Account], connection: psycopg.Connection
) -> list[Answer | None]:
    forms = FORMS.forms(program)
    columns = {name: Column(each.kind) for name, each in forms.items()}
    wanted = list(program.decisions)
    plan = compile_program(program, columns, decisions=wanted, dialect="postgres", keep=[ROW])
    declared = "".join(
        f', "{name}" {each.sql_type.replace("VARCHAR", "TEXT")}' for name, each in forms.items()
    )
    connection.execute(f'CREATE TABLE accounts ("{ROW}" INT{declared})')
    with connection.cursor().copy("COPY accounts FROM STDIN") as copy:
        for number, each in enumerate(accounts):
            copy.write_row([number, *(relations.text_of(each.get(name)) for name in forms)])
    cursor = connection.execute(f'{plan.sql()} ORDER BY "{ROW}"')
    names = [each.name for each in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [
        None if row.get(DECIDE_AGAIN) else canonical_outcomes(outcomes(plan, row)) for row in rows
    ]
