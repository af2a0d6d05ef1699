"""How tightly operators bind.

A part of an expression is read down to a floor: an operator that binds no
tighter than that ends the part.

Source: DMN 1.5, 10.3.1.2, rules 2 and 4, which list expressions in the order
of their precedence.
"""

ANYTHING = 0
OR = 1
AND = 2
COMPARISON = 3
ADDITION = 4
MULTIPLICATION = 5
EXPONENTIATION = 6
NEGATION = 7
INSTANCE_OF = 8
OPERAND = 9

POWERS = {
    "or": OR,
    "and": AND,
    "=": COMPARISON,
    "!=": COMPARISON,
    "<": COMPARISON,
    "<=": COMPARISON,
    ">": COMPARISON,
    ">=": COMPARISON,
    "between": COMPARISON,
    "in": COMPARISON,
    "+": ADDITION,
    "-": ADDITION,
    "*": MULTIPLICATION,
    "/": MULTIPLICATION,
    "**": EXPONENTIATION,
    "instance": INSTANCE_OF,
}
"""Operators that stand between an operand and what is on its right, by their first word."""
