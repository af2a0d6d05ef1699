"""The backends by name, each as a function from a bound program and known facts to outcomes."""

from keyaccount.backends.python import compile_program
from keyaccount.backends.reference.interpreter import evaluate

_COMPILED = {}


def python(program, facts, as_of):
    """Compiled once for each program; the program is kept, for its id to stay its own."""
    if id(program) not in _COMPILED:
        _COMPILED[id(program)] = (program, compile_program(program))
    return _COMPILED[id(program)][1].decide(facts, as_of)


EVALUATORS = {"reference": evaluate, "python": python}
