"""How much of anything is too much: the bounds on what comes in from outside, in one place.

Whoever reads hostile input takes a `Limits`; what goes past one is refused with
a message that names the limit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds; every one may be set by the caller.

    `feel_nesting`: expressions inside one another, in levels. Three Python
    frames serve a level, so a caller that asks for more than some 250 has to
    raise Python's own recursion limit as well.
    `feel_length`: one FEEL text, in characters.
    `feel_steps`: what one evaluation may take, in the steps of `feel.budget`:
    about a node evaluated, four items of a list, sixteen characters made.
    `yaml_bytes`: one file; `yaml_nesting` in levels, `yaml_nodes` and
    `yaml_aliases` by count; `xml_bytes`, `xml_nesting` and `xml_nodes` alike.
    `events`: reported to and derived by event rules in one evaluation.
    `case_data_length`: what comes with one command to a case, in characters of
    JSON; `case_data_nesting` in levels; `case_name_length`: a key or a person's id.
    """

    feel_nesting: int = 200
    feel_length: int = 100_000
    feel_steps: int = 200_000
    yaml_bytes: int = 5_000_000
    yaml_nesting: int = 100
    yaml_nodes: int = 200_000
    yaml_aliases: int = 100
    events: int = 20_000
    xml_bytes: int = 20_000_000
    xml_nesting: int = 200
    xml_nodes: int = 250_000
    case_data_length: int = 1_000_000
    case_data_nesting: int = 50
    case_name_length: int = 500


DEFAULT_LIMITS = Limits()
