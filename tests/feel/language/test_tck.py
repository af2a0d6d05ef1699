"""All FEEL of the DMN Technology Compatibility Kit, where it is at hand.

Found by `$DMN_TCK_DIR`, or beside the checkout in `../shared/tck`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from feel.language.trees import parse, parse_tests
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.names import Scope
from keyaccount.feel.unparse import unparse

_BESIDE = Path(__file__).parents[4] / "shared" / "tck"
FOLDER = Path(os.environ.get("DMN_TCK_DIR", _BESIDE))
MODELS = sorted(FOLDER.rglob("*.dmn"))

_TESTS = ("inputEntry", "inputValues", "outputValues", "allowedValues", "typeConstraint")
_NO_FEEL = ("textAnnotation", "annotationEntry")

MEANT_AS_MISTAKES = {'{foo: "bar", foo: "baz"}'}


def kind(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def scope_of(model: ElementTree.Element) -> Scope:
    """All names that the model declares anywhere."""
    declared: dict[str, set[str]] = {"itemComponent": set(), "itemDefinition": set(), "": set()}
    for element in model.iter():
        if name := element.get("name"):
            declared[kind(element) if kind(element) in declared else ""].add(name)
    names = declared[""]
    return Scope(names, names | declared["itemComponent"], declared["itemDefinition"])


def texts(model: ElementTree.Element) -> Iterator[tuple[bool, str]]:
    """Every FEEL text of a model, and whether it is the tests of a cell."""
    for parent in model.iter():
        for child in parent:
            if kind(child) == "text" and kind(parent) not in _NO_FEEL and child.text:
                yield kind(parent) in _TESTS, child.text


@pytest.mark.skipif(not MODELS, reason="no DMN TCK: set DMN_TCK_DIR to its folder")
@pytest.mark.parametrize("path", MODELS, ids=[each.stem for each in MODELS])
def test_every_text_is_read_and_written_back(path):
    model = ElementTree.parse(path).getroot()  # noqa: S314 (the kit's own file)
    scope = scope_of(model)
    for is_cell, text in texts(model):
        read = parse_tests if is_cell else parse
        if text in MEANT_AS_MISTAKES:
            with pytest.raises(PolicyError):
                read(text, scope)
        else:
            tree = read(text, scope)
            assert read(unparse(tree, scope), scope) == tree
