"""What holds for every command: the language, the form of the output, the policies' folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Language
from keyaccount.limits import DEFAULT_LIMITS, Limits

POLICIES_VARIABLE = "KEYACCOUNT_POLICIES"


class Format(StrEnum):
    """`TEXT` is for people, `JSON` for programs."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Settings:
    """`policies` is None where the user names no folder; `limits` bound files and evaluations."""

    language: Language
    format: Format = Format.TEXT
    policies: Path | None = None
    limits: Limits = DEFAULT_LIMITS

    @property
    def json(self) -> bool:
        return self.format is Format.JSON


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of the user's locale, as gettext finds it: Chinese, or else English.

    >>> language_of({"LANG": "zh_CN.UTF-8"})
    <Language.ZH: 'zh'>
    """
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(variable, "")
        if locale:
            return Language.ZH if locale.lower().startswith("zh") else Language.EN
    return Language.EN
