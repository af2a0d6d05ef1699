from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text
from keyaccount.diagnostics.service_messages import not_json
from keyaccount.formats.yaml.reader import Inspection
from keyaccount.policy_set import PolicySet
from keyaccount.service.app import make_app
from keyaccount.service.service import Service
from keyaccount.service.settings import Settings
from keyaccount.service.tables import POLICY_VERSION
from keyaccount.service.versions import store
from keyaccount.service.versions.current import Current
from keyaccount.storage.engine import writing
from keyaccount.verify.files import check_inspection

POLICY = """
policy: p
facts:
  amount: {type: number}
decisions:
  large: {type: boolean, value: amount > LIMIT}
"""
VERSIONS = 100


def text(limit: int) -> str:
    return POLICY.replace("LIMIT", str(limit))


class Bench:
    """A service whose policies the test writes."""

    def __init__(self, folder: Path) -> None:
        self.policies = folder / "policies"
        self.policies.mkdir()
        self.write(10)
        settings = Settings(
            str(self.policies), f"sqlite:///{folder / 's.db'}", str(folder), open_local=True
        )
        app = make_app(settings)
        self.service: Service = app.service
        self.client = TestClient(app, "http://localhost")

    def write(self, limit: int | str) -> str:
        """Put a policy in place; its version."""
        content = limit if isinstance(limit, str) else text(limit)
        growing = self.policies / ".growing"
        growing.write_text(content, "utf-8")
        growing.replace(self.policies / "p.yaml")
        return "" if isinstance(limit, str) else PolicySet.load(self.policies).version

    def refresh(self) -> None:
        self.service.current.refresh()

    def decide(self, **more: object) -> dict[str, object]:
        answer = self.client.post("/v1/decisions/p", json={"facts": {"amount": 11}, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    @property
    def engine(self) -> Engine:
        return self.service.engine


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.client:
        yield made


def test_new_files_serve_and_answers_name_their_version(bench: Bench) -> None:
    first = bench.decide()["version"]
    second = bench.write(20)
    bench.refresh()
    assert bench.decide()["version"] == second != first


def test_a_pinned_version_still_answers(bench: Bench) -> None:
    first = bench.decide()
    bench.write(20)
    bench.refresh()
    again = bench.decide(version=first["version"])
    assert (again["version"], again["decisions"]) == (first["version"], first["decisions"])


def test_a_version_whose_stored_texts_were_changed_is_not_decided_by(bench: Bench) -> None:
    first = bench.decide()["version"]
    second = bench.write(20)
    bench.refresh()
    with writing(bench.engine) as connection:
        for version, other in ((first, 5), (second, 6)):
            files = json.dumps({"p.yaml": text(other)})
            change = update(POLICY_VERSION).where(POLICY_VERSION.c.version == version)
            connection.execute(change.values(files=files))
    with pytest.raises(PolicyError) as refused:
        store.load(bench.engine, str(first))
    assert [each.code for each in refused.value.diagnostics] == ["version.changed"]
    assert bench.decide()["version"] == second  # held already


def test_what_serves_is_what_was_checked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though somebody writes to the files at that very moment."""

    def checked(inspection: Inspection) -> list[Diagnostic]:
        found = check_inspection(inspection)
        bench.write(99)
        return found

    monkeypatch.setattr(store, "check_inspection", checked)
    bench.write(20)
    assert store.load_checked(bench.policies).sources[0].text == text(20)


def test_a_stored_version_decides_though_todays_checks_would_refuse_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = str(bench.decide()["version"])
    bench.write(20)
    bench.refresh()
    stricter = not_json(Text("no", "no"))
    monkeypatch.setattr(store, "check_inspection", lambda _: [stricter])
    assert store.load(bench.engine, first).version == first


def test_broken_policies_are_refused_and_the_last_good_serve(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    good = bench.decide()["version"]
    bench.write(POLICY.replace("LIMIT", "nothing"))
    bench.refresh()
    assert bench.decide()["version"] == good
    assert bench.client.get("/v1/versions").json()["broken"] == ["feel.unknown-name"]
    assert bench.client.get("/readyz").json()["status"] == "broken policies refused"
    assert "feel.unknown-name" in caplog.text
    mended = bench.write(30)
    bench.refresh()
    assert bench.decide()["version"] == mended
    assert bench.client.get("/v1/versions").json()["broken"] == []


def test_roll_back_by_one_call_and_it_outlives_a_restart(bench: Bench) -> None:
    first = bench.decide()["version"]
    bench.write(20)
    bench.refresh()
    bench.client.post(f"/v1/versions/{first}/serve")
    assert bench.decide()["version"] == first
    bench.refresh()
    assert bench.decide()["version"] == first
    assert Current(bench.engine, bench.policies).policies.version == first


def test_newer_files_end_a_roll_back(bench: Bench) -> None:
    first = bench.decide()["version"]
    bench.write(20)
    bench.refresh()
    bench.client.post(f"/v1/versions/{first}/serve")
    third = bench.write(30)
    bench.refresh()
    assert bench.decide()["version"] == third


def test_a_worker_that_starts_on_broken_policies_serves_the_last_good(bench: Bench) -> None:
    good = bench.decide()["version"]
    bench.write("policy: [")
    assert Current(bench.engine, bench.policies).policies.version == good


def test_broken_policies_with_nothing_before_do_not_start(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("policy: [", "utf-8")
    with pytest.raises(PolicyError):
        make_app(Settings(str(tmp_path), f"sqlite:///{tmp_path / 's.db'}", str(tmp_path)))


def test_a_version_is_uploaded_and_decides_in_the_shadow(bench: Bench) -> None:
    sent = bench.client.post("/v1/versions", json={"files": {"p.yaml": text(20)}})
    assert sent.status_code == 201
    candidate = sent.json()["version"]
    bench.client.put("/v1/shadow", json={"version": candidate})
    served = bench.decide()
    assert served["version"] != candidate
    [difference] = bench.client.get("/v1/shadow/differences").json()["differences"]
    assert (difference["entry"], difference["shadow"]) == (served["entry"], candidate)
    assert difference["decisions"]["large"]["served"]["value"] is True
    assert difference["decisions"]["large"]["shadow"]["value"] is False


@pytest.mark.parametrize("name", ["../p.yaml", "/p.yaml", "a/../../p.yaml", "\x00.yaml", ""])
def test_files_outside_of_the_folder_are_refused(bench: Bench, name: str) -> None:
    sent = bench.client.post("/v1/versions", json={"files": {name: text(20)}})
    assert sent.status_code == 422


def test_a_broken_upload_is_told_with_line_and_column(bench: Bench) -> None:
    sent = bench.client.post("/v1/versions", json={"files": {"p.yaml": text(0) + "\nx: 1"}})
    [error] = sent.json()["errors"]
    assert (sent.status_code, error["file"], error["line"]) == (422, "p.yaml", 8)


def test_a_hundred_versions_in_turn_under_load(bench: Bench) -> None:
    """No request fails; each names the version that made its answer, and it is right."""
    limits = [5 + number for number in range(VERSIONS)]
    by_version: dict[str, int] = {str(bench.decide()["version"]): 10}
    failures: list[object] = []
    answers: list[dict[str, object]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.append(bench.decide())
            except BaseException as error:  # noqa: BLE001 -- a failure in a thread must be told
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for limit in limits:
        version = bench.write(limit)
        by_version[version] = limit
        while bench.service.current.policies.version != version:
            time.sleep(0.005)
            bench.refresh()
        asked = bench.decide()
        assert asked["version"] == version
        answers.append(asked)
    stop.set()
    for each in threads:
        each.join()
    assert not failures
    assert len(answers) > VERSIONS
    for each in answers:
        large = each["decisions"]["large"]["value"]  # type: ignore[index]
        assert large is (by_version[str(each["version"])] < 11)
