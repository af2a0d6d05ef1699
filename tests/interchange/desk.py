"""What the tests of the exchange with DMN work with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from keyaccount.decision_model import DecisionModel
from keyaccount.formats.dmn_xml.document import Document
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.formats.yaml.reader import NOTHING, read_policy
from keyaccount.interchange.carrying import Imported
from keyaccount.interchange.to_dmn import Exported, export_policy
from keyaccount.interchange.updating import import_document
from keyaccount.model.policy import Policy
from keyaccount.policy_set import PolicySet
from keyaccount.resources import policies_folder
from keyaccount.source import Source

AS_OF = date(2026, 1, 31)


@cache
def shipped() -> PolicySet:
    """The policies that come with the package."""
    return PolicySet.load(policies_folder())


NAMES = sorted(each.stem for each in policies_folder().glob("*.yaml"))


def policy(text: str, beside: Mapping[str, str] = NOTHING) -> Policy:
    return read_policy(Source("policy.yaml", text), beside=beside)


def policies(*texts: str) -> PolicySet:
    return PolicySet({each.name.text: each for each in map(policy, texts)})


def exported(policies: PolicySet, name: str, as_of: date = AS_OF) -> Exported:
    return export_policy(policies.policies, policies.program, name, as_of)


def xml_of(policies: PolicySet, name: str, as_of: date = AS_OF) -> str:
    return write_document(exported(policies, name, as_of).document)


def document(xml: str) -> Document:
    return read_document(Source("model.dmn", xml))


def imported(xml: str) -> Imported:
    return import_document(document(xml))


def model(xml: str) -> DecisionModel:
    return DecisionModel.load(Source("model.dmn", xml), backend="reference")


def codes(found: Imported | Exported) -> list[str]:
    return [each.code for each in found.warnings]
