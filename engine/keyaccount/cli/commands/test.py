"""`keyaccount test`: the policies' own tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from keyaccount.cli import streams
from keyaccount.cli.arguments import with_as_of
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.opening import open_policies, policies_folder
from keyaccount.cli.settings import Settings
from keyaccount.cli.words import COLON
from keyaccount.diagnostics import cli_messages, name_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text
from keyaccount.diagnostics.render import as_json
from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.model.policy_tests import PolicyTests
from keyaccount.policy_set import PolicySet
from keyaccount.verify.policy_tests import CaseResult, run

if TYPE_CHECKING:
    from keyaccount.cases.plan_tests import PlanResult

AnyResult: TypeAlias = "CaseResult | PlanResult"


@click.command(
    cls=Command,
    words=Text(
        en="Run the policies' own tests. PATH are files of tests or folders of them; "
        "without any, the folder `tests` beside the policies.",
        zh="运行策略自带的测试。PATH 是测试文件或文件夹；不给时用策略旁边的 `tests`。",
    ),
)
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
@with_as_of()
@with_format()
@with_language()
@with_policies()
@click.pass_context
def test(ctx: click.Context, paths: tuple[Path, ...], as_of: date | None) -> None:
    """Read all, run all, tell what differs, count."""
    settings = settings_of(ctx)
    policies = open_policies(settings)
    results: list[AnyResult] = []
    for tests in _read(_files(paths or (policies_folder(settings) / "tests",)), policies):
        results += run(policies.program, tests, as_of or policies.today(tests.policy.text))
        results += plan_results(policies, tests)
    failed = [each for each in results if not each.passed]
    if settings.json:
        streams.print_json(_plain(results))
    else:
        _show(results, failed, settings)
    ctx.exit(DATA_ERROR if failed else 0)


def plan_results(policies: PolicySet, tests: PolicyTests) -> list[PlanResult]:
    """How the cases of plans came out."""
    if not tests.plan_cases:
        return []
    # Imported late: most policies have no plans.
    from keyaccount.cases.plan_tests import run_plans

    return list(run_plans(policies, tests))


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        # Of a folder of policies, the tests that lie in it.
        folder = path / "tests" if (path / "tests").is_dir() else path
        files += [path] if path.is_file() else sorted(folder.glob("*.yaml"))
    if not files:
        raise WrongUsageError(cli_messages.no_tests(each) for each in paths)
    return files


def _read(files: Iterable[Path], policies: PolicySet) -> list[PolicyTests]:
    """All files of tests.

    Raises: PolicyError with the mistakes of all of them.
    """
    read: list[PolicyTests] = []
    mistakes: list[Diagnostic] = []
    for file in files:
        try:
            tests = read_policy_tests(file)
        except PolicyError as error:
            mistakes += error.diagnostics
            continue
        name = tests.policy.text
        if name not in policies.policies:
            place = tests.policy.span()
            mistakes.append(name_messages.unknown_policy(name, policies.policies, place))
        read.append(tests)
    if mistakes:
        raise PolicyError(mistakes)
    return read


def _show(results: Sequence[AnyResult], failed: Sequence[AnyResult], settings: Settings) -> None:
    for policy, cases in groupby(results, key=lambda each: each.policy):
        colon = COLON.in_language(settings.language)
        click.echo(f"{policy}{colon}{_counts(list(cases), settings)}")
    for each in failed:
        click.echo(f"\n✗ {each.policy}: {each.case.name.text}", err=True)
        report(each.problems, settings)
    click.echo(_counts(results, settings))


def _counts(cases: Sequence[AnyResult], settings: Settings) -> str:
    passed = sum(each.passed for each in cases)
    failed = len(cases) - passed
    counts = Text(f"{passed} passed, {failed} failed", f"{passed} 个通过，{failed} 个未通过")
    return counts.in_language(settings.language)


def _plain(results: Sequence[AnyResult]) -> dict[str, object]:
    failed = sum(not each.passed for each in results)
    return {
        "passed": len(results) - failed,
        "failed": failed,
        "cases": [
            {
                "policy": each.policy,
                "case": each.case.name.text,
                "passed": each.passed,
                "diagnostics": as_json(each.problems),
            }
            for each in results
        ],
    }
