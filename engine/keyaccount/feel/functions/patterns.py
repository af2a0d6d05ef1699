"""Built-in functions that take regular expressions.

Source: DMN 1.5, 10.3.4.3 (table 73); XPath and XQuery functions 3.1, 5.6.
"""

from __future__ import annotations

from keyaccount.feel.functions.builtin import Builtin

PATTERN_FUNCTIONS: tuple[Builtin, ...] = ()
