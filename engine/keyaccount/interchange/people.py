"""Words for people, of which DMN has room for one language: both, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from keyaccount.model.policy import Titles
from keyaccount.source import Fragment

BETWEEN = " · "


def both(words: Titles) -> str | None:
    """All languages in one text; None where there are no words."""
    return BETWEEN.join(dict.fromkeys(words.values())) or None


def both_reasons(because: Mapping[str, Fragment]) -> str | None:
    """The same of templates."""
    return both({language: each.text for language, each in because.items()})


def for_all(text: str | None) -> Titles:
    """Words of one text: both languages where it has both, else the same for both."""
    words = (text or "").strip()
    if not words:
        return {}
    english, between, chinese = words.partition(BETWEEN)
    return {"en": english, "zh": chinese if between else english}
