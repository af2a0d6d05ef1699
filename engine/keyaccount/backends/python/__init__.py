"""Compile a bound program to Python code: single decisions, fast.

Two functions serve a program. `known` is for facts that are all known, in
plain Python operators; `general` is for all else. `decide_raw` checks facts in
line before.
"""

from keyaccount.backends.python.program import CompiledProgram, compile_program

__all__ = ["CompiledProgram", "compile_program"]
