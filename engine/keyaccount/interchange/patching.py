"""Change entries of a policy's text; every other byte stays as its author wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from keyaccount.formats.yaml.decisions_writer import rule_node
from keyaccount.formats.yaml.emitter import Node, entry_text
from keyaccount.formats.yaml.writer import sections, write_policy
from keyaccount.interchange.source_text import reads_as
from keyaccount.model.content import content
from keyaccount.model.policy import (
    BusinessKnowledgeModel,
    Decision,
    DecisionTable,
    InputData,
    Parameter,
    Policy,
)
from keyaccount.source import Span

_Part = InputData | Parameter | BusinessKnowledgeModel | Decision


@dataclass(frozen=True, slots=True)
class Patched:
    """The new text; `kept` says whether the rest of the author's text could stay."""

    text: str
    kept: bool


def patched(old: Policy, new: Policy, beside: Mapping[str, str]) -> Patched:
    """The text of the old policy with what the new one says otherwise.

    old: as read from its text.
    new: the same policy, some of its entries changed, gone or added.
    beside: the texts of the tables beside the policy.
    """
    text = _patch(old, new)
    if text is not None and reads_as(text, beside, new):
        return Patched(text, kept=True)
    return Patched(write_policy(new), kept=False)


def _patch(old: Policy, new: Policy) -> str | None:
    """None where the text is not laid out so that entries can be cut and put in."""
    text = old.span.source.text
    edits: list[tuple[int, int, str]] = []
    for section, nodes in sections(new).items():
        before = _entries(old, section)
        after = _entries(new, section)
        if after and not before:
            return None
        for name, part in before.items():
            if name in after and content(part) == content(after[name]):
                continue
            rules = _changed_rules(part, after.get(name))
            parts = rules or [(part.span, name, nodes.get(name))]
            for span, key, node in parts:
                place = _lines(text, span)
                if place is None:
                    return None
                column = _column(text, place[0])
                written = "" if node is None else entry_text(key, node, column)
                edits.append((*place, written))
        added = [name for name in after if name not in before]
        if added:
            last = _lines(text, list(before.values())[-1].span)
            if last is None:
                return None
            edits.append(_addition(text, last, nodes, added, _is_apart(text, before)))
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _changed_rules(old: _Part, new: _Part | None) -> list[tuple[Span, str, Node | None]]:
    """The rules that changed, where a table changed in nothing else; none where it did."""
    if not isinstance(old, Decision) or not isinstance(new, Decision):
        return []
    before, after = old.logic, new.logic
    if not isinstance(before, DecisionTable) or not isinstance(after, DecisionTable):
        return []
    ids = [[each.id.text for each in table.rules] for table in (before, after)]
    framed = (
        replace(new, logic=replace(after, rules=())),
        replace(old, logic=replace(before, rules=())),
    )
    inside = all(each.id.source is old.span.source for each in before.rules)
    if not inside or ids[0] != ids[1] or content(framed[0]) != content(framed[1]):
        return []
    return [
        (was.span, was.id.text, rule_node(now))
        for was, now in zip(before.rules, after.rules, strict=True)
        if content(was) != content(now)
    ]


def _addition(
    text: str,
    last: tuple[int, int],
    nodes: Mapping[str, Node],
    added: list[str],
    apart: bool,
) -> tuple[int, int, str]:
    """What stands behind the last entry of a section."""
    start, end = last
    blank = "\n" if apart else ""
    written = [blank + entry_text(name, nodes[name], _column(text, start)) for name in added]
    opening = "" if text[:end].endswith("\n") else "\n"
    return end, end, opening + "".join(written)


def _entries(policy: Policy, section: str) -> Mapping[str, _Part]:
    match section:
        case "facts":
            return policy.facts
        case "parameters":
            return policy.parameters
        case "functions":
            return policy.functions
        case _:
            return policy.decisions


def _lines(text: str, span: Span) -> tuple[int, int] | None:
    """From the start of an entry's first line to the end of its last; None where it shares one."""
    start = text.rfind("\n", 0, span.start) + 1
    if text[start : span.start].strip():
        return None
    stop = span.start + len(text[span.start : span.end].rstrip())
    end = text.find("\n", stop)
    end = len(text) if end < 0 else end + 1
    rest = text[stop:end].strip()
    return None if rest and not rest.startswith("#") else (start, end)


def _column(text: str, start: int) -> int:
    return len(text[start:]) - len(text[start:].lstrip(" "))


def _is_apart(text: str, before: Mapping[str, _Part]) -> bool:
    """Whether the entries stand with an empty line between them."""
    places = [_lines(text, each.span) for each in before.values()]
    return (
        any(place is not None and text[: place[0]].endswith("\n\n") for place in places[1:])
        or len(places) == 1
    )
