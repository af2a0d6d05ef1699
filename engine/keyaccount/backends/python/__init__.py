"""Compile a bound program to Python code: single decisions, fast.

The generated `decide` makes all decisions in plain Python operators; where one
hangs on something that is not known, its `general_I` makes it, by helpers that
know how. `decide_raw` checks facts in line before.
"""

from keyaccount.backends.python.program import CompiledProgram, compile_program

__all__ = ["CompiledProgram", "compile_program"]
