"""What the caller asks for, checked as far as it can be without opening the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from keyaccount.backends.python import compile_program
from keyaccount.batch.account_list import existing_file
from keyaccount.batch.allowed_values import decision_of, with_allowed_tests
from keyaccount.batch.cells import MISSING, CellError, MissingMarkers, cell_reader
from keyaccount.batch.file_format import FileFormat, format_of
from keyaccount.diagnostics import batch_messages, name_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select
from keyaccount.policy_set import PolicySet


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of a batch; `asked_rejects` is None where the caller left it to us."""

    input: Path
    output: Path
    asked_rejects: Path | None

    @property
    def rejects(self) -> Path:
        """Where rejects go: beside the output unless the caller says otherwise."""
        return self.asked_rejects or self.output.with_name(self.output.name + ".rejects.csv")


def checked_paths(input_path: Path, output: Path, rejects: Path | None) -> Paths:
    """The files, of known formats, none of which is another.

    Raises:
        FactError: with what is wrong with them.
    """
    format_of(output)
    format_of(existing_file(input_path))
    paths = Paths(input_path, output, rejects)
    if rejects is not None and format_of(rejects) is not FileFormat.CSV:
        raise FactError([batch_messages.rejects_not_csv(str(rejects))])
    taken = {input_path.resolve()}
    for path in (output, paths.rejects):
        if path.is_dir():
            raise FactError([batch_messages.is_a_directory(str(path))])
        if path.resolve() in taken:
            raise FactError([batch_messages.same_file(str(path))])
        taken.add(path.resolve())
    return paths


@dataclass(frozen=True, slots=True)
class Task:
    """The decisions to make.

    `facts` are all that the program declares, and may be mapped; `program` is
    bound and cut down to the decisions, constants filled in as defaults.
    """

    facts: Mapping[str, core.Fact]
    program: core.Program
    decisions: tuple[core.Decision, ...]
    as_of: date


def task_of(
    policies: PolicySet | core.Program,
    policy: str,
    decisions: Sequence[str] | None,
    constants: Mapping[str, str],
    as_of: date | None,
    markers: MissingMarkers,
) -> Task:
    """The decisions asked for, ready to be made.

    Raises:
        FactError: an unknown policy, decision or fact, or a constant that is no value.
        PolicyError: something needed is not in force on the date.
    """
    program = policies.program if isinstance(policies, PolicySet) else policies
    own = [each for each in program.decisions.values() if each.policy == policy]
    if not own:
        known = tuple(dict.fromkeys(each.policy for each in program.decisions.values()))
        raise FactError([name_messages.unknown_policy(policy, known)])
    chosen = _chosen(own, decisions)
    day = as_of or _today(policies, policy)
    bound = bind(select(program, [each.name for each in chosen]), day)
    facts = _policy_facts(policies, policy, bound, program)
    filled = _with_constants(bound, facts, constants, markers, day)
    asked = tuple(bound.decisions[each.name] for each in chosen)
    return Task(facts, filled, asked, day)


def _today(policies: PolicySet | core.Program, policy: str) -> date:
    if isinstance(policies, PolicySet):
        return policies.today(policy)
    raise TypeError("a program alone has no time zone: as_of must be given")


def _policy_facts(
    policies: PolicySet | core.Program, policy: str, bound: core.Program, program: core.Program
) -> Mapping[str, core.Fact]:
    """The facts that may be named: the policy's own, and those its decisions need of others."""
    if not isinstance(policies, PolicySet):
        return program.facts
    own = policies.policies[policy].facts
    return {n: each for n, each in program.facts.items() if n in own or n in bound.facts}


def _chosen(own: Sequence[core.Decision], asked: Sequence[str] | None) -> list[core.Decision]:
    if asked is None:
        return list(own)
    by_name = {each.local_name: each for each in own}
    unknown = [name for name in asked if name not in by_name]
    if unknown:
        policy = own[0].policy
        raise FactError(name_messages.unknown_decision(policy, each, by_name) for each in unknown)
    return [by_name[name] for name in dict.fromkeys(asked)]


def _with_constants(
    program: core.Program,
    facts: Mapping[str, core.Fact],
    constants: Mapping[str, str],
    markers: MissingMarkers,
    as_of: date,
) -> core.Program:
    """The program with values for all rows as the defaults of their facts.

    Raises:
        FactError: a text is no value of its fact.
    """
    problems: list[Diagnostic] = []
    filled = dict(program.facts)
    for name, text in constants.items():
        if name not in facts:
            problems.append(batch_messages.unknown_fact(name, tuple(facts)))
            continue
        fact = facts[name]
        try:
            value = cell_reader(fact, markers)(text)
        except CellError as error:
            problems.append(batch_messages.bad_constant(name, text, error.diagnostic))
            continue
        if value is MISSING or name not in filled:
            continue
        if not _is_allowed(program, name, value, as_of):
            tests = "" if fact.allowed is None else fact.allowed.span.text
            reason = batch_messages.not_allowed(text, tests)
            problems.append(batch_messages.bad_constant(name, text, reason))
            continue
        literal = core.Literal(fact.type, fact.span, value)
        filled[name] = replace(filled[name], default=literal)
    if problems:
        raise FactError(problems)
    return replace(program, facts=filled)


def _is_allowed(program: core.Program, fact: str, value: object, as_of: date) -> bool:
    if program.facts[fact].allowed is None:
        return True
    tests = with_allowed_tests(replace(program, decisions={}), [fact])
    outcome = compile_program(tests).decide({fact: value}, as_of)[decision_of(fact)]
    return outcome.value is True
