"""Measure, and show the tables in the README as they were measured.

`python benchmarks` runs every suite and prints its tables; names choose some.
With `--readme FILE` each suite's tables also replace what stands between its
markers in that file.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import batch_vs_sql
import deadlines
import feel_peers
import service
import single_decision
import start_up

SUITES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "single_decision": single_decision.tables,
    "batch_vs_sql": batch_vs_sql.tables,
    "start_up": start_up.tables,
    "feel_peers": feel_peers.tables,
    "deadlines": deadlines.tables,
    "service": service.tables,
}


def main() -> None:
    """Run the suites that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--readme", type=Path, help="a file whose tables are renewed")
    given = parser.parse_args()
    unknown = set(given.suites) - set(SUITES)
    if unknown:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    for name in given.suites or SUITES:
        tables = []
        for table in SUITES[name]():
            print(table, end="\n\n", flush=True)
            tables.append(table)
        if given.readme:
            renew(given.readme, name, "\n\n".join(tables))


def renew(readme: Path, suite: str, tables: str) -> None:
    """Put a suite's tables between its markers.

    Raises:
        ValueError: the markers aren't there.
    """
    begin, end = f"<!-- benchmark:{suite}:begin -->\n", f"<!-- benchmark:{suite}:end -->\n"
    before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{readme} has no markers for {suite}")
    readme.write_text(f"{before}{begin}{tables}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
