"""What an element of a model looked like when it was written: to see whether it was changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from keyaccount.model import boxed
from keyaccount.model import definitions as model
from keyaccount.model.content import content
from keyaccount.model.definitions import Definitions

_NOT_MEANT = frozenset({"id", "requires", "question", "allowed_answers", "description", "label"})
"""What other tools write anew without changing what is decided."""

Element = model.InputData | model.Decision | model.BusinessKnowledgeModel


def fingerprint(element: Element, definitions: Definitions) -> str:
    """A hash of what an element says, its types with it."""
    types = [content(each, _NOT_MEANT) for each in _types(element.type, definitions)]
    told = repr((content(element, _NOT_MEANT), types))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def rule_fingerprint(rule: boxed.DecisionRule, table: boxed.DecisionTable) -> str:
    """A hash of what a rule says, wherever its columns stand."""
    cells = sorted(
        (clause.expression.text.text, cell.text)
        for clause, cell in zip(table.inputs, rule.tests, strict=True)
        if clause.expression.text is not None and cell is not None and cell.text != "-"
    )
    told = repr((cells, content(rule.results, _NOT_MEANT), rule.annotations))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _types(reference: object, definitions: Definitions) -> Iterator[model.ItemDefinition]:
    """The item definitions that a type is made of."""
    pending = [getattr(reference, "text", None)]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        item = definitions.item_definitions.get(name or "")
        if item is None or name in seen:
            continue
        seen.add(item.name.text)
        yield item
        parts = (item, *item.components)
        pending.extend(None if each.type is None else each.type.text for each in parts)
