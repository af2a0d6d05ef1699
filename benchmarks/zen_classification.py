"""The classification policy as a decision model of ZEN, the peer in this benchmark.

An expression node for the plain decisions and one collecting decision table
for each of the two lists, as its editor would save them. ZEN has no notion of
a fact that is not given, and gives no rule ids; so ids are collected as outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

DECISIONS = {
    "economic_account": "monthly_tonnes >= 20 or annual_revenue >= 5000000",
    "important_account": "sector in ['government', 'justice', 'public_service', 'media']",
    "group_account": "chain_partner and uses_products",
    "strategic_account": "growth_potential or competitor_opening",
    "key_account": "$.economic_account or $.important_account"
    " or $.group_account or $.strategic_account",
    "lasting_large_order": "order_amount >= 1000000 and contract_years >= 1"
    " and (annual_revenue >= 3000000 or sales_potential)",
    "strategic_large_order": "order_amount >= 1000000 and strategic_project",
    "key_account_by_elements": "$.lasting_large_order or $.strategic_large_order"
    " or important_influence or strong_innovation or strong_market_development",
}
CLASSES = (
    ("economic_account", "economic"),
    ("important_account", "important"),
    ("group_account", "group"),
    ("strategic_account", "strategic"),
)
ELEMENTS = (
    ("lasting_large_order", "lasting_orders"),
    ("strategic_large_order", "strategic_order"),
    ("important_influence", "influence"),
    ("strong_innovation", "innovation"),
    ("strong_market_development", "market_development"),
)


def model() -> dict[str, object]:
    """The decision model, as the JSON that its loader takes."""
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        _expressions("decisions", DECISIONS),
        _table("classes", CLASSES, "account_class"),
        _table("elements", ELEMENTS, "five_elements"),
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    path = ["in", "decisions", "classes", "elements", "out"]
    edges = [
        {"id": f"e{i}", "type": "edge", "sourceId": source, "targetId": target}
        for i, (source, target) in enumerate(pairwise(path))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _expressions(name: str, decisions: dict[str, str]) -> dict[str, object]:
    expressions = [{"id": key, "key": key, "value": value} for key, value in decisions.items()]
    content = {"expressions": expressions, "passThrough": True, "executionMode": "single"}
    return {"id": name, "type": "expressionNode", "name": name, "content": content}


def _table(name: str, rules: Sequence[tuple[str, str]], output: str) -> dict[str, object]:
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": field, "name": field, "field": field} for field, _ in rules],
        "outputs": [{"id": "value", "name": "value", "field": "value"}],
        "rules": [
            {"_id": value, **{each: "" for each, _ in rules}, field: "true", "value": f"'{value}'"}
            for field, value in rules
        ],
        "passThrough": True,
        "outputPath": output,
        "executionMode": "single",
    }
    return {"id": name, "type": "decisionTableNode", "name": name, "content": content}
