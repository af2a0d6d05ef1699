"""A small policy, and lists evaluated through it as a user does."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from keyaccount.batch import Summary, run_batch
from yaml_cases import program_of

POLICY = """\
policy: parcels
facts:
  weight:
    type: number
    title: {en: Net weight}
    unit: kg
    allowed: ">= 0"
    aliases: [重量, gross weight]
  price: {type: number, allowed: ">= 0, null"}
  sector:
    type: string
    values: [government, media, other]
    titles: {government: {zh: 党政军}, media: {zh: 新闻}}
  fragile: {type: boolean}
  sent: {type: date}
  remark: {type: string, nullable: true}
  grade: {type: string, values: [a, b], default: b}
  tags: {type: list<string>}
parameters:
  heavy_weight: {unit: kg, values: {2024-01-01: 20, 2026-01-01: 30}}
decisions:
  heavy:
    type: boolean
    value: weight >= heavy_weight or price >= 5000000
  classes:
    hit policy: collect
    values: [heavy, public, fragile]
    rules:
      heavy: {when: heavy, then: heavy}
      public: {when: {sector: "government, media"}, then: public}
      fragile: {when: fragile, then: fragile}
  size:
    values: [small, large]
    rules:
      small: {when: {weight: "< 20"}, then: small}
      large: {when: {weight: ">= 20"}, then: large}
      odd: {when: {weight: "13"}, then: large}
  fee: {type: number, value: weight * 1.5 + 0.25}
  late: {type: boolean, value: sent < today()}
  letter: {value: 'if grade = a then "A" else "B"'}
  spelt: {value: 'if remark = null then "-" else upper case(remark)'}
  tagged: {type: boolean, value: 'list contains(tags, "x")'}
"""
PROGRAM = program_of(POLICY, "parcels.yaml")
TODAY = date(2025, 6, 1)


@dataclass(frozen=True)
class Evaluated:
    """What a batch left behind: rows and rejects as dictionaries of texts."""

    summary: Summary
    output: Path

    @property
    def text(self) -> str:
        return self.output.read_bytes().decode()

    @property
    def rows(self) -> list[dict[str, str]]:
        return table(self.output)

    @property
    def rejects(self) -> list[dict[str, str]]:
        return [] if self.summary.rejects is None else table(self.summary.rejects)

    @property
    def reasons(self) -> list[tuple[int, int, str, str, str]]:
        """Row, line, column, text and code of each reject."""
        return [
            (int(e["row"]), int(e["line"]), e["column"], e["text"], e["code"].split(".")[1])
            for e in self.rejects
        ]

    @property
    def native(self) -> list[dict[str, Any]]:
        """The rows of a Parquet file, typed."""
        with duckdb.connect() as connection:
            answer = connection.execute("SELECT * FROM read_parquet(?)", [str(self.output)])
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def kind(self, name: str) -> str:
        """The type of a column of a Parquet file."""
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(self.output)])
            return {row[0]: row[1] for row in described.fetchall()}[name]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def evaluate(
    folder: Path,
    source: str | bytes | Path,
    decisions: list[str] | None = None,
    *,
    ending: str = "csv",
    **options: Any,
) -> Evaluated:
    """Evaluate a list, given as text or as a file's path."""
    path = source if isinstance(source, Path) else folder / "list.csv"
    if not isinstance(source, Path):
        path.write_bytes(source.encode() if isinstance(source, str) else source)
    output = folder / f"out.{ending}"
    options.setdefault("as_of", TODAY)
    program = options.pop("program", PROGRAM)
    policy = options.pop("policy", "parcels")
    summary = run_batch(program, policy, path, output, decisions=decisions, **options)
    assert summary.rows_in == summary.rows_out + summary.rows_rejected
    return Evaluated(summary, output)


def parquet(folder: Path, select: str) -> Path:
    """A Parquet file with the rows of a query."""
    path = folder / "list.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path
