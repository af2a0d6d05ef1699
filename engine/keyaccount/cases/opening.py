"""The channel by which one case opens another."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.cases.desk import Desk
from keyaccount.cases.effects import EffectError
from keyaccount.cases.outbox import Errand
from keyaccount.cases.plan.openings import opened_id
from keyaccount.cases.work import StoreError
from keyaccount.diagnostics.diagnostic import KeyaccountError

_log = logging.getLogger("keyaccount.effects")


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the case that an effect orders; a second time changes nothing."""

    desk: Desk

    def __call__(self, errand: Errand) -> None:
        """Open it as of the instant at which it was ordered. Raises EffectError."""
        plan = str(errand.data["plan"])
        facts = errand.data.get("facts")
        known = facts if isinstance(facts, Mapping) else {}
        case_id = opened_id(plan, errand.key)
        try:
            self.desk.open(plan, known, None, errand.created_at, case_id, f"open:{errand.key}")
        except StoreError as error:
            # The subject has an open case of that plan already: that one goes on.
            _log.info("%s: %s", errand.key, error)
        except KeyaccountError as error:
            raise EffectError(str(error)) from error
