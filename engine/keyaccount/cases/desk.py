"""Cases of a folder of policies: the plans, their versions, the store; what the faces work with."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from keyaccount.backends.events.engines import derive_with
from keyaccount.cases.editions import newest, organisation_of
from keyaccount.cases.live_plan import LivePlan
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.live import live_plan
from keyaccount.cases.plan.loading import plan_named, plans_of
from keyaccount.cases.protocol import Command, Data
from keyaccount.cases.store import CaseStore
from keyaccount.cases.work import Applied
from keyaccount.organisation import Organisation, read_organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.policy_set import PolicySet
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate


@dataclass(slots=True)
class Desk:
    """Where cases are worked on. Thread-safe: what is remembered is only ever added to.

    `organisation` is a file of people; without one the newest edition in the database
    holds, whenever it was imported.
    """

    folder: Path
    organisation: Path | None
    engine: Engine
    policies: PolicySet
    people: Organisation
    edition: int | None
    plans: Mapping[str, CompiledPlan] = field(init=False)
    store: CaseStore = field(init=False)
    _known: dict[tuple[str, str], CompiledPlan] = field(init=False)
    _live: dict[tuple[str, str], LivePlan[Data]] = field(init=False)

    def __post_init__(self) -> None:
        self._known, self._live = {}, {}
        self._compile()
        self.store = CaseStore(self.engine, self.live)

    def _compile(self) -> None:
        self.plans = plans_of(self.policies, self.people, derive_with())
        self._known.update({(name, each.version): each for name, each in self.plans.items()})

    def refresh(self) -> None:
        """Take the newest edition of the organisation, where the database has another."""
        if self.organisation is None and newest(self.engine) != self.edition:
            self.people, self.edition = organisation_of(self.engine)
            self._compile()

    def definition(self) -> str:
        """Everything that the plans at hand are made of, as one text."""
        return definition_of(self.folder, self.organisation, self.edition)

    def plan(self, name: str, version: str) -> CompiledPlan:
        """A version of a plan: the one at hand, or as it was kept. Raises StoreError."""
        if (name, version) not in self._known:
            kept = _plans_kept(self.store.definition(name, version), self.engine)
            self._known.setdefault((name, version), kept[name])
        return self._known[name, version]

    def live(self, name: str, version: str) -> LivePlan[Data]:
        """The same as the store takes it."""
        if (name, version) not in self._live:
            self._live.setdefault((name, version), live_plan(self.plan(name, version)))
        return self._live[name, version]

    def current(self, name: str) -> LivePlan[Data]:
        """The plan at hand. Raises UnknownNameError."""
        self.refresh()
        return self.live(name, plan_named(dict(self.plans), name).version)

    def open(
        self,
        plan: str,
        facts: Data,
        actor: str | None,
        now: datetime,
        case_id: str | None = None,
        key: str | None = None,
    ) -> Applied:
        """Open a case under the plan at hand.

        Raises:
            UnknownNameError: no such plan.
            KeyaccountError: the store or the plan refuses it.
        """
        current = self.current(plan)
        self.store.keep_plan(plan, current.version, self.definition(), now)
        case_id = case_id or uuid.uuid4().hex[:12]
        command = Command("open", {"facts": dict(facts)}, actor, key or f"open:{case_id}")
        return self.store.open(current, case_id, command, now)

    def send(
        self,
        case_id: str,
        kind: str,
        data: Data,
        actor: str | None,
        now: datetime,
        key: str | None = None,
    ) -> Applied:
        """Send a command to a case. Raises KeyaccountError."""
        return self.store.apply(case_id, Command(kind, data, actor, key or uuid.uuid4().hex), now)


def open_desk(folder: Path, organisation: Path | None, url: str) -> Desk:
    """The desk of a folder of policies on a database, which is brought up to date.

    Raises:
        PolicyError: mistakes in the policies or the organisation.
        StorageError: the database.
    """
    policies = PolicySet.load(folder)
    engine = open_engine(url)
    given = read_organisation(organisation) if organisation else None
    migrate(engine)
    people, edition = (given, None) if given is not None else organisation_of(engine)
    return Desk(folder, organisation, engine, policies, people, edition)


def definition_of(folder: Path, organisation: Path | None, edition: int | None = None) -> str:
    """Everything that a version is made of, as one text; an edition is in the same database."""
    files = sorted(each for each in folder.iterdir() if each.suffix in _KEPT)
    kept: dict[str, object] = {
        "policies": {each.name: each.read_text(encoding="utf-8-sig") for each in files}
    }
    if organisation is not None:
        text = organisation.read_text(encoding="utf-8-sig")
        kept["organisation"] = {"name": organisation.name, "text": text}
    elif edition is not None:
        kept["organisation"] = {"edition": edition}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


_KEPT = (".yaml", ".yml", ".csv", ".json")


def _plans_kept(definition: str, engine: Engine) -> dict[str, CompiledPlan]:
    kept = json.loads(definition)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "policies"
        folder.mkdir()
        for name, text in kept["policies"].items():
            (folder / Path(name).name).write_text(text, encoding="utf-8")
        people: Organisation = NOBODY
        if "edition" in kept.get("organisation", {}):
            people, _ = organisation_of(engine, kept["organisation"]["edition"])
        elif "organisation" in kept:
            path = Path(scratch) / Path(kept["organisation"]["name"]).name
            path.write_text(kept["organisation"]["text"], encoding="utf-8")
            people = read_organisation(path)
        return plans_of(PolicySet.load(folder), people, derive_with())
