"""What the tests of the command line work with: a small policy, and what a command came to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PARCELS = """\
policy: parcels
title: {en: Parcels, zh: 包裹}
facts:
  weight:
    title: {en: Weight, zh: 重量}
    type: number
    unit: kg
    allowed: ">= 0"
  fragile: {type: boolean, title: {en: Fragile, zh: 易碎}}
parameters:
  heavy_from: {unit: kg, values: {2024-01-01: 20, 2026-01-01: 25}}
decisions:
  heavy:
    title: {en: Heavy parcel, zh: 重包裹}
    value: weight >= heavy_from
    because: {en: "weighs {weight}", zh: "重 {weight}"}
  handling:
    title: {en: Handling, zh: 处理方式}
    hit policy: first
    values: [crane, careful, plain]
    titles: {crane: {en: By crane, zh: 吊装}, careful: {zh: 轻放}}
    rules:
      crane: {when: heavy, then: crane}
      careful: {when: fragile, then: careful}
      plain: {then: plain}
"""


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


KeyaccountCommand = Callable[..., Ran]
