"""Events that a plan waits for and no policy declares: warned of, and what was perhaps meant."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Severity
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering.program import lower_as_far
from keyaccount.source import Source

DECLARED = """
policy: elsewhere
events: {paid: Paid, handed_over: {title: {en: Handed over, zh: 已移交}}}
plans: {sale: {steps: {pay: {completed by: paid}}}}
"""
PLAN = """
policy: claims
roles: {clerk: Clerk}
plans:
  claim:
    cancelled by: withdrawn
    steps:
      register: {owner: clerk, completed by: registered}
      assess: {after: register, completed by: [assessed, paid], goes back: {registred: register}}
      hand_over: {after: assess, completed by: handed_ovr}
"""


def told(*texts: str) -> list[tuple[str, str, str]]:
    """Code, place and help of each warning; there must be no error."""
    read = [read_policy(Source(f"{number}.yaml", text)) for number, text in enumerate(texts)]
    found = lower_as_far({each.name.text: each for each in read})[1]
    assert {each.severity for each in found} <= {Severity.WARNING}
    return [
        (each.code, each.span.text if each.span else "", each.help.en if each.help else "")
        for each in found
    ]


def test_a_policy_that_declares_none_is_told_once_with_what_to_write_and_of_likely_slips() -> None:
    assert told(PLAN, DECLARED) == [
        ("plan.undeclared-event", "registred", told_help("registred", "registered")),
        ("plan.undeclared-event", "handed_ovr", told_help("handed_ovr", "handed_over")),
        (
            "plan.no-events-declared",
            "claim",
            "declare each with a few words: `events: {withdrawn: ..., registered: ..., "
            "assessed: ..., registred: ..., handed_ovr: ...}`",
        ),
    ]


def told_help(name: str, near: str) -> str:
    return (
        f"did you mean `{near}`? else declare `{name}` under `events:`: "
        "then a slip in its name is found"
    )


def test_what_the_help_says_is_what_to_write() -> None:
    events = "\nevents: {withdrawn: a, registered: b, assessed: c, registred: d, handed_ovr: e}\n"
    assert told(PLAN + events, DECLARED) == []


def test_beside_declared_events_each_is_told() -> None:
    events = "\nevents: {registered: In, assessed: Assessed, not_withdrawn: No, registred: x}\n"
    assert [each[:2] for each in told(PLAN + events, DECLARED.replace("handed_over", "sent"))] == [
        ("plan.undeclared-event", "withdrawn"),
        ("plan.undeclared-event", "handed_ovr"),
    ]


def test_events_of_another_policy_need_no_declaration() -> None:
    plan = "policy: other\nplans: {other: {steps: {only: {completed by: paid}}}}"
    assert told(plan, DECLARED) == []
