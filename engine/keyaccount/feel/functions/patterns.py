"""Built-in functions that take regular expressions.

A text that is no pattern, and a search that might take too long, give null.
Source: DMN 1.5, 10.3.4.3 (table 73); XPath and XQuery functions 3.1, 5.6.
"""

from __future__ import annotations

import re

from keyaccount.feel.budget import spend_on_text
from keyaccount.feel.functions.builtin import Builtin, Parameter, function
from keyaccount.feel.types import BOOLEAN, STRING, ListType


def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern matches anywhere in the text."""
    from keyaccount.feel.functions.regex import pattern as regex  # lazy: keeps start-up light

    compiled = regex.pattern(pattern, flags or "")
    if compiled is None:
        return None
    try:
        return compiled.is_in(text)
    except regex.RefusedError:
        return None


def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """The text with each match replaced; `$1` is what the first group matched, `$0` all.

    Null also for a pattern that matches the empty text.
    """
    from keyaccount.feel.functions.regex import pattern as regex  # lazy: keeps start-up light

    compiled = regex.pattern(pattern, flags or "")
    if compiled is None or compiled.matches_nothing:
        return None
    template = [replacement] if compiled.literal else _template(replacement, compiled.groups)
    if template is None:
        return None
    try:
        parts, end = [], 0
        for match in compiled.matches(text):
            parts += [text[end : match.start()], _filled(template, match)]
            spend_on_text(len(parts[-1]))
            end = match.end()
    except regex.RefusedError:
        return None
    return "".join(parts) + text[end:]


def _template(replacement: str, groups: int) -> list[str | int] | None:
    """The replacement's texts and the numbers of the groups between; None if it is no such text.

    `$12` is group 12 where there are as many, else group 1 and a 2 (XPath 3.1, 5.6.4).
    """
    parts: list[str | int] = []
    index = 0
    while index < len(replacement):
        each, following = replacement[index], replacement[index + 1 : index + 2]
        index += 2
        if each == "\\" and following in ("\\", "$"):
            parts.append(following)
        elif each == "$" and following.isascii() and following.isdigit():
            number = int(following)
            while (
                replacement[index : index + 1].isascii()
                and replacement[index : index + 1].isdigit()
            ):
                longer = number * 10 + int(replacement[index])
                if longer > groups:
                    break
                number, index = longer, index + 1
            parts.append(number if number <= groups else "")
        elif each in "\\$":
            return None
        else:
            parts.append(each)
            index -= 1
    return parts


def _filled(template: list[str | int] | list[str], match: re.Match[str]) -> str:
    return "".join(each if isinstance(each, str) else match[each] or "" for each in template)


def split(text: str, delimiter: str) -> list[object] | None:
    """The parts of the text between the delimiter's matches, empty ones too.

    Null also for a delimiter that matches the empty text.
    """
    from keyaccount.feel.functions.regex import pattern as regex  # lazy: keeps start-up light

    compiled = regex.pattern(delimiter, "")
    if compiled is None or compiled.matches_nothing:
        return None
    try:
        parts: list[object] = []
        end = 0
        for match in compiled.matches(text):
            parts.append(text[end : match.start()])
            end = match.end()
    except regex.RefusedError:
        return None
    return [*parts, text[end:]]


_INPUT, _PATTERN = ("input", STRING), ("pattern", STRING)
_FLAGS = Parameter("flags", STRING, nullable=True)

PATTERN_FUNCTIONS: tuple[Builtin, ...] = (
    function("matches", matches, BOOLEAN, _INPUT, _PATTERN, _FLAGS, optional=1),
    function(
        "replace", replace, STRING, _INPUT, _PATTERN, ("replacement", STRING), _FLAGS, optional=1
    ),
    function("split", split, ListType(STRING), ("string", STRING), ("delimiter", STRING)),
)
