"""Account lists as files: written, evaluated as a user does, and read back as cells."""

from __future__ import annotations

import csv
import datetime
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

import relations
from differential.backends import AS_OF
from differential.layouts import LAYOUTS
from differential.shards import Shard, Tally, accounts_of, bound, seeded
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.batch import Engine, Summary, run_batch
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.values import Date
from keyaccount.feel.values.text import nested_text
from keyaccount.ir.outcome import Outcome
from policies.shipped import POLICIES, PROGRAM
from relations import Account, Form

Cells = dict[str, object]


def compare_lists(shard: Shard) -> Tally:
    """The accounts as a list in a file, through a batch; its columns by the reference."""
    started = time.perf_counter()
    program = bound(shard.policy)
    forms = LAYOUTS["decimal" if shard.layout == "csv" else "money"].forms(program)
    accounts = accounts_of(program, forms, seeded(f"accounts of {shard}"), shard.rows)
    with tempfile.TemporaryDirectory() as folder:
        try:
            summary, rows = _through_a_batch(shard, Path(folder), accounts, forms)
        except PolicyError as error:
            return Tally(len(accounts), refused=frozenset(each.code for each in error.diagnostics))
    tally = Tally(rows=summary.rows_out, left=summary.redecided)
    for account, found in zip(accounts, rows, strict=True):
        outcomes = evaluate(program, account, AS_OF)
        expected = _expected(shard, outcomes)
        if found != expected:
            names = [name for name in expected if found[name] != expected[name]]
            tally.difference = (
                f"{shard}\nthe list differs from the reference for {account}\n"
                f"reference: { {name: expected[name] for name in names} }\n"
                f"list: { {name: found[name] for name in names} }"
            )
            break
    tally.seconds = time.perf_counter() - started
    return tally


def _through_a_batch(
    shard: Shard, folder: Path, accounts: Sequence[Account], forms: Mapping[str, Form]
) -> tuple[Summary, list[Cells]]:
    given, made = folder / f"given.{shard.layout}", folder / f"made.{shard.layout}"
    if shard.layout == "csv":
        _write_csv(given, accounts, forms)
    else:
        _write_parquet(given, accounts, forms)
    summary = run_batch(PROGRAM, shard.policy, given, made, as_of=AS_OF, engine=Engine.SQL)
    assert summary.rows_rejected == 0
    rows = _read_csv(made) if shard.layout == "csv" else _read_parquet(made)
    return summary, [{k: v for k, v in row.items() if k not in forms} for row in rows]


def _write_csv(path: Path, accounts: Sequence[Account], forms: Mapping[str, Form]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(forms)
        for each in accounts:
            writer.writerow([relations.text_of(each.get(name)) or "" for name in forms])


def _read_csv(path: Path) -> Iterator[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write_parquet(path: Path, accounts: Sequence[Account], forms: Mapping[str, Form]) -> None:
    row = f'"{relations.ROW}"'
    with duckdb.connect() as connection:
        relations.load(connection, accounts, forms)
        rows = f"SELECT * EXCLUDE ({row}) FROM accounts ORDER BY {row}"
        connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")


def _read_parquet(path: Path) -> Iterator[Cells]:
    with duckdb.connect() as connection:
        cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [each[0] for each in cursor.description]
        while rows := cursor.fetchmany(relations.FETCHED_AT_ONCE):
            yield from (dict(zip(names, row, strict=True)) for row in rows)


def _expected(shard: Shard, outcomes: Mapping[str, Outcome]) -> Cells:
    """The columns of the policy's own decisions, as a file of the kind has them."""
    found: Cells = {}
    for name in POLICIES[shard.policy].decisions:
        outcome = outcomes[f"{shard.policy}.{name}"]
        lists = {"rules": outcome.rules, "missing": outcome.missing, "possible": outcome.possible}
        found[name] = outcome.value
        found |= {f"{name}_{part}": each for part, each in lists.items()}
        found[f"{name}_status"] = outcome.status.value
    cell = _csv_cell if shard.layout == "csv" else _parquet_cell
    return {name: cell(value) for name, value in found.items()}


def _csv_cell(value: object) -> str:
    if isinstance(value, list | tuple) and not isinstance(value, Date):
        return "|".join(map(_item, value))
    return "" if value is None else _item(value)


def _parquet_cell(value: object) -> object:
    match value:
        case Date():
            return datetime.date(value.year, value.month, value.day)
        case list() | tuple():
            return [None if each is None else _item(each) for each in value]
        case dict():
            return _item(value)
        case _:
            return value


def _item(value: object) -> str:
    """A value as text: bare where it is one, else as FEEL writes it."""
    return value if isinstance(value, str) else nested_text(value)
