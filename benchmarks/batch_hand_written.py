"""What a good author of SQL writes by hand for `economic_account` and `account_class`.

It gives the very columns that `keyaccount batch` gives: value, rules, status,
missing facts and possible values; `lean` gives value and rule ids alone. Exact:
a number of more digits than a DOUBLE keeps, a text that is no number and a
negative amount stop it.
"""

from __future__ import annotations

from typing import Final

PASSED: Final = (
    "account_id, account_name, monthly_tonnes, annual_revenue, sector, chain_partner, "
    "uses_products, growth_potential"
)


def _facts(kind: str) -> str:
    """The list with its facts typed; from Parquet they are."""
    if kind == "parquet":
        checked = [
            f"CASE WHEN {name} < 0 THEN error('negative {name}') ELSE {name} END AS {fact}"
            for name, fact in (("monthly_tonnes", "tonnes"), ("annual_revenue", "revenue"))
        ]
        others = (
            "sector AS in_sector, chain_partner AS partner, uses_products AS uses, "
            "growth_potential AS growth"
        )
        return f"SELECT {PASSED}, {', '.join(checked)}, {others} FROM accounts"
    numbers = [
        f"CASE WHEN {name} IS NULL THEN NULL "
        f"WHEN strlen({name}) > 15 THEN error('long {name}') "
        f"WHEN CAST({name} AS DOUBLE) < 0 THEN error('negative {name}') "
        f"ELSE CAST({name} AS DOUBLE) END AS {fact}"
        for name, fact in (("monthly_tonnes", "tonnes"), ("annual_revenue", "revenue"))
    ]
    booleans = [
        f"CAST({name} AS BOOLEAN) AS {fact}"
        for name, fact in (
            ("chain_partner", "partner"),
            ("uses_products", "uses"),
            ("growth_potential", "growth"),
        )
    ]
    sector = (
        "CAST(sector AS ENUM('government', 'justice', 'public_service', 'media', 'other')) "
        "AS in_sector"
    )
    columns = ", ".join([PASSED, *numbers, sector, *booleans])
    return f"SELECT {columns} FROM accounts"


def _classes(kind: str) -> str:
    """The four classes as booleans, NULL where they are not known."""
    return f"""
        SELECT *,
            tonnes >= 20 OR revenue >= 5000000 AS economic,
            in_sector IN ('government', 'justice', 'public_service', 'media') AS important,
            partner AND uses AS grouped,
            growth OR CAST(NULL AS BOOLEAN) AS strategic
        FROM ({_facts(kind)})"""


_CLASSES: Final = (
    ("economic", "economic"),
    ("important", "important"),
    ("grouped", "group"),
    ("strategic", "strategic"),
)
_WAITS: Final = (
    ("annual_revenue", "economic IS NULL AND revenue IS NULL"),
    ("chain_partner", "grouped IS NULL AND partner IS NULL"),
    ("competitor_opening", "strategic IS NULL"),
    ("growth_potential", "strategic IS NULL AND growth IS NULL"),
    ("monthly_tonnes", "economic IS NULL AND tonnes IS NULL"),
    ("sector", "important IS NULL"),
    ("uses_products", "grouped IS NULL AND uses IS NULL"),
)
_OPEN: Final = " OR ".join(f"{column} IS NULL" for column, _ in _CLASSES)


def _listed(items: list[tuple[str, str]], kind: str) -> str:
    """The texts whose conditions hold, as a list or joined by bars."""
    cases = ", ".join(f"CASE WHEN {condition} THEN '{text}' END" for text, condition in items)
    if kind == "csv":
        return f"nullif(concat_ws('|', {cases}), '')"
    return f"list_filter([{cases}], lambda item: item IS NOT NULL)"


def select(kind: str, *, lean: bool = False) -> str:
    """The statement over a relation `accounts`; `kind` is the file's, csv or parquet."""
    empty = "NULL" if kind == "csv" else "CAST([] AS VARCHAR[])"
    both = "'true|false'" if kind == "csv" else "['true', 'false']"
    classes = _listed([(text, column) for column, text in _CLASSES], kind)
    values = {
        "economic_account": "economic",
        "economic_account_rules": empty,
        "account_class": classes,
        "account_class_rules": classes,
    }
    details = {
        "economic_account_status": _status("economic IS NULL"),
        "economic_account_missing": f"CASE WHEN economic IS NULL THEN {_own_waits(kind)} "
        f"ELSE {empty} END",
        "economic_account_possible": f"CASE WHEN economic IS NULL THEN {both} ELSE {empty} END",
        "account_class_status": _status(_OPEN),
        "account_class_missing": f"CASE WHEN {_OPEN} THEN {_listed(list(_WAITS), kind)} "
        f"ELSE {empty} END",
        "account_class_possible": f"CASE WHEN {_OPEN} THEN "
        f"{_listed([(text, f'{column} IS NULL') for column, text in _CLASSES], kind)} "
        f"ELSE {empty} END",
    }
    order = [
        f"{decision}{part}"
        for decision in ("economic_account", "account_class")
        for part in ("", "_rules", "_status", "_missing", "_possible")
    ]
    chosen = values if lean else {name: (values | details)[name] for name in order}
    columns = ", ".join(f"{sql} AS {name}" for name, sql in chosen.items())
    return f"SELECT {PASSED}, {columns} FROM ({_classes(kind)})"


def _own_waits(kind: str) -> str:
    return _listed(
        [("annual_revenue", "revenue IS NULL"), ("monthly_tonnes", "tonnes IS NULL")], kind
    )


def _status(open_: str) -> str:
    label = "ENUM('decided', 'undetermined')"
    return (
        f"CASE WHEN {open_} THEN CAST('undetermined' AS {label}) "
        f"ELSE CAST('decided' AS {label}) END"
    )
