"""The kinds of columns that facts come in, and which values each of them holds exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

import relations
from keyaccount.backends.sql.kinds import DOUBLE, DOUBLE_DIGITS, INTEGER, Number
from keyaccount.feel.types import NUMBER
from keyaccount.ir import core
from relations import Form

BIGINT = Form(INTEGER, "BIGINT")
FLOAT = Form(DOUBLE, "DOUBLE")
MONEY = relations.decimal(18, 2)


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of column for all numbers; declared values as ENUM, or as plain text."""

    number: Form
    enums: bool

    def forms(self, program: core.Program) -> dict[str, Form]:
        """A column for every fact."""
        return {name: self.form(each) for name, each in program.facts.items()}

    def form(self, fact: core.Fact) -> Form:
        if fact.type == NUMBER:
            return self.number
        return relations.narrowest(fact, (), enums=self.enums)


LAYOUTS: Mapping[str, Layout] = {
    "decimal": Layout(relations.decimal(22, 13), enums=False),
    "fine": Layout(relations.decimal(34, 20), enums=True),
    "money": Layout(MONEY, enums=True),
    "integer": Layout(BIGINT, enums=True),
    "double": Layout(FLOAT, enums=False),
}
MIXED = "mixed"


def forms_of(layout: str, program: core.Program, random: Random) -> dict[str, Form]:
    """The columns of a program's facts in a layout.

    In the mixed one each has a kind of its own; some hold no null, some facts
    have no column.
    """
    if layout != MIXED:
        return LAYOUTS[layout].forms(program)
    found: dict[str, Form] = {}
    for name, fact in program.facts.items():
        form = _any_form(fact, random)
        roll = random.random()
        if roll < 0.8:
            found[name] = form
        elif roll < 0.9:
            found[name] = replace(form, nullable=False)
    return found


def _any_form(fact: core.Fact, random: Random) -> Form:
    if fact.type == NUMBER:
        return random.choice((MONEY, BIGINT, relations.decimal(18, 6), relations.decimal(9, 0)))
    return relations.narrowest(fact, (), enums=random.random() < 0.5)


def fits(form: Form, value: object) -> bool:
    """Whether a column holds a value exactly: a DOUBLE, by its shortest decimal."""
    if not isinstance(form.kind, Number) or not isinstance(value, Decimal):
        return True
    plain = value.normalize()
    exponent = int(plain.as_tuple().exponent)
    if form.kind.form == "double":
        return len(plain.as_tuple().digits) <= DOUBLE_DIGITS
    if form.kind.form == "integer":
        return exponent >= 0 and abs(value) < 2**63
    return -exponent <= form.kind.scale and value.adjusted() < form.kind.integer_digits
