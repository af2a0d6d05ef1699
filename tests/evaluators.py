"""The backends by name, each as a function from a bound program and known facts to outcomes."""

from keyaccount.backends.python import compile_program
from keyaccount.backends.reference.interpreter import evaluate


def python(program, facts, as_of):
    return compile_program(program).decide(facts, as_of)


EVALUATORS = {"reference": evaluate, "python": python}
