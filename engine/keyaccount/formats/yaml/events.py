"""ruamel.yaml's events: by its C parser where that is installed, else by its Python one.

Events rather than its node graph, as ruamel builds that by recursion (in C:
100,000 opened brackets end the process), and before anyone can count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.syntax_problems import Problem, syntax_problem
from keyaccount.source import Source

try:
    from _ruamel_yaml import CParser
except ImportError:  # ruamel.yaml.clib is optional: seven times slower, the same events
    CParser = None


def events(source: Source, pure: bool = False) -> Iterator[Any]:
    """The events of a text, with marks that count characters.

    Args:
        source: what to parse; must hold printable characters only.
        pure: by the Python parser, whether or not there is one in C.

    Raises:
        PolicyError: the text is not YAML.
    """
    try:
        if CParser is None or pure:
            yield from YAML(typ="safe", pure=True).parse(source.text)
        else:
            yield from _events_in_c(source.text)
    except MarkedYAMLError as error:
        raise PolicyError([syntax_problem(source, _problem(error))]) from None
    except (YAMLError, ValueError, OverflowError) as error:
        # A ValueError is the Python parser's on "\U00110000".
        problem = Problem(str(error), "", 0, 0)
        raise PolicyError([syntax_problem(source, problem)]) from None


def _events_in_c(text: str) -> Iterator[Any]:
    parser = CParser(text)
    while parser.check_event():
        yield parser.get_event()


def _problem(error: MarkedYAMLError) -> Problem:
    place = error.problem_mark.index if error.problem_mark else 0
    begin = error.context_mark.index if error.context_mark else place
    return Problem(error.problem or "", error.context or "", place, begin)
