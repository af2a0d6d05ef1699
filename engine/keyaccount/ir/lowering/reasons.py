"""Lower reasons: words with FEEL in braces between them."""

from __future__ import annotations

from collections.abc import Mapping

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import let_all
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.texts import Texts
from keyaccount.source import Fragment

Steps = list[tuple[str, core.Expression]]


def lower_reasons(
    because: Mapping[str, Fragment], bindings: Bindings, texts: Texts, steps: Steps
) -> dict[str, core.Template]:
    """The templates by language.

    Args:
        because: the author's texts.
        bindings: the names in sight.
        texts: the parsed texts of the policy.
        steps: what is bound around, for each expression is evaluated by itself.
    """
    return {
        language: tuple(_parts(fragment, bindings, texts, steps))
        for language, fragment in because.items()
    }


def _parts(
    fragment: Fragment, bindings: Bindings, texts: Texts, steps: Steps
) -> list[str | core.Expression]:
    parts: list[str | core.Expression] = []
    for part in _split(fragment, bindings):
        if isinstance(part, str):
            parts.append(part)
            continue
        tree = texts.expression(part, bindings.locals)
        if tree is not None:
            parts.append(let_all(steps, lower(tree, bindings)))
    return parts


def _split(fragment: Fragment, bindings: Bindings) -> list[str | Fragment]:
    text = fragment.text
    parts: list[str | Fragment] = []
    words, at = "", 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            words, at = words + text[at], at + 2
        elif text[at] == "{":
            end = _closing(text, at)
            if end is None:
                bindings.report(messages.unclosed_brace(fragment.span(at, at + 1)))
                break
            parts += [words, fragment.part(at + 1, end)]
            words, at = "", end + 1
        elif text[at] == "}":
            bindings.report(messages.stray_brace(fragment.span(at, at + 1)))
            at += 1
        else:
            words, at = words + text[at], at + 1
    return [each for each in (*parts, words) if each != ""]


def _closing(text: str, opening: int) -> int | None:
    """Where the brace that opens at `opening` closes; braces nest, quoted text is skipped."""
    depth, quoted, at = 0, False, opening
    while at < len(text):
        character = text[at]
        if quoted and character == "\\":
            at += 1
        elif character == '"':
            quoted = not quoted
        elif not quoted and character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return at
        at += 1
    return None
