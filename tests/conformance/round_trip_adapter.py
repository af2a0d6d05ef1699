"""A model of the TCK by way of a policy: DMN to YAML to DMN, behind the runner's contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tck_adapter import Model

from keyaccount.decision_model import DecisionModel
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.interchange.carrying import carry
from keyaccount.interchange.to_dmn import export_policy
from keyaccount.ir.lowering import lower
from keyaccount.source import Source

NOT_CARRIED = "not carried"
AS_OF = date(2026, 1, 31)


class RoundTripped:
    """A model as it comes back; what a policy cannot carry gives `NOT_CARRIED`."""

    def __init__(self, model: DecisionModel | None) -> None:
        self._decisions = [] if model is None else model.decisions()
        self._model = None if model is None else Model(model)

    def evaluate(self, kind: str, name: str, inputs: dict[str, object]) -> object:
        if self._model is None or kind != "decision" or name not in self._decisions:
            return NOT_CARRIED
        return self._model.evaluate(kind, name, inputs)

    def to_tck(self, value: object) -> object:
        return value if self._model is None else self._model.to_tck(value)


def factory(path: str, others: list[str]) -> RoundTripped:
    """The model by way of a policy."""
    del others  # a policy imports no models
    try:
        imported = carry(read_document(Path(path)))
    except PolicyError:
        return RoundTripped(None)
    policy = read_policy(Source("policy.yaml", imported.text))
    policies = {policy.name.text: policy}
    exported = export_policy(policies, lower(policies), policy.name.text, AS_OF)
    text = write_document(exported.document)
    return RoundTripped(DecisionModel.load(Source("model.dmn", text), backend="reference"))
