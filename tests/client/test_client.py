from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from keyaccount.client import AsyncClient, Client, Decision, Job, ListFailedError, ServiceError
from service.server import Server

ACCOUNT = {
    "account_status": "existing",
    "annual_trade": Decimal("5000000.10"),
    "on_time_ratio": Decimal("0.95"),
    "max_overdue_days": 15,
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("client")
    server = Server(f"sqlite:///{folder / 'service.db'}", folder)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def test_a_decision_with_exact_numbers(url: str) -> None:
    with Client(url) as client:
        found = client.decide("credit", ACCOUNT, reference="A-17", explain=True)
    assert found.value("credit_limit") == Decimal("1250000.025")
    assert found.entry > 0
    assert found.explanation is not None


def test_many_with_a_refused_one_in_its_place(url: str) -> None:
    with Client(url) as client:
        found = client.decide_many("credit", [ACCOUNT, {"nothing": 1}])
    assert isinstance(found[0], Decision)
    assert isinstance(found[1], ServiceError)
    assert found[1].codes == ("fact.unknown-name",)


def test_a_refusal_is_raised_with_its_codes(url: str) -> None:
    with Client(url) as client, pytest.raises(ServiceError) as refused:
        client.decide("credit", {"on_time_ratio": 2})
    assert (refused.value.status, refused.value.codes) == (422, ("fact.not-allowed",))


def test_the_same_async(url: str) -> None:
    async def ask() -> tuple[Decision, Any]:
        async with AsyncClient(url) as client:
            found, _ = await asyncio.gather(
                client.decide("credit", ACCOUNT), client.decide_many("credit", [ACCOUNT])
            )
            return found, await client.add_facts("A-17", ACCOUNT, scope="east")

    found, changes = asyncio.run(ask())
    assert found.value("credit_tier") == "green"
    assert changes["changes"]


class Busy:
    """Answers 503 so often, then as asked."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.left:
            self.left -= 1
            return httpx.Response(503, json={"detail": "busy", "errors": []})
        return httpx.Response(200, json={"version": "v", "changes": []})


@pytest.mark.parametrize(("times", "asked"), [(0, 1), (2, 3), (4, 5)])
def test_a_busy_service_is_asked_again(times: int, asked: int) -> None:
    busy = Busy(times)
    with Client("http://service", first_wait=0.001) as client:
        client._http = httpx.Client(base_url="http://service", transport=httpx.MockTransport(busy))
        assert client.add_facts("A", {"f": 1})["version"] == "v"
    assert busy.asked == asked


def test_one_that_stays_busy_is_given_up() -> None:
    busy = Busy(100)
    with Client("http://service", first_wait=0.001) as client:
        client._http = httpx.Client(base_url="http://service", transport=httpx.MockTransport(busy))
        with pytest.raises(ServiceError) as refused:
            client.add_facts("A", {"f": 1})
    assert (refused.value.status, busy.asked) == (503, 5)


@pytest.mark.parametrize("account", ["大客户 17", "a?scope=b", "a#b", "100%"])
def test_a_name_of_any_characters_is_one_part_of_the_path(url: str, account: str) -> None:
    with Client(url) as client:
        client.add_facts(account, {"monthly_tonnes": 20})
    path = f"{url}/v1/accounts/{quote(account, safe='')}/facts"
    assert httpx.get(path).json() == {"facts": {"monthly_tonnes": 20}}


LIST = "account,monthly_tonnes\n张三,20\n李四,19.9999999999999\n王五,much\n"


def test_a_list_from_file_to_file(url: str, tmp_path: Path) -> None:
    source, output, rejects = (tmp_path / name for name in ("in.csv", "out.csv", "rejects.csv"))
    source.write_text(LIST, "utf-8")
    told: list[float] = []
    with Client(url) as client:
        id_ = client.add_list(
            "classification",
            source,
            as_of=date(2026, 1, 31),
            decisions=["economic_account"],
            reference="account",
        )
        done = client.wait_for_list(id_, told.append)
        client.fetch_result(id_, output)
        client.fetch_rejects(id_, rejects)
        assert id_ in [each.id for each in client.jobs()]
        client.remove_list(id_)
        assert client.job(id_).state == "removed"
        with pytest.raises(ServiceError) as refused:
            client.fetch_result(id_, output)
    assert (done.state, done.as_of, told[-1]) == ("done", "2026-01-31", 1.0)
    assert (done.told or {})["rows_rejected"] == 1
    assert [each.split(",")[2] for each in output.read_text("utf-8").splitlines()[1:]] == [
        "true",
        "",
    ]
    assert "much" in rejects.read_text("utf-8")
    assert refused.value.codes == ("lists.removed",)
    assert not list(tmp_path.glob("*.part"))


def test_a_list_async(url: str, tmp_path: Path) -> None:
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(LIST, "utf-8")

    async def ask() -> Job:
        async with AsyncClient(url) as client:
            id_ = await client.add_list("classification", source, decisions=["economic_account"])
            found = await client.wait_for_list(id_)
            await client.fetch_result(id_, output)
            await client.remove_list(id_)
            return found

    assert asyncio.run(ask()).state == "done"
    assert len(output.read_text("utf-8").splitlines()) == 3


def test_a_list_that_is_none_fails_with_its_codes(url: str, tmp_path: Path) -> None:
    source = tmp_path / "in.xlsx"
    source.write_bytes(b"no workbook")
    with Client(url) as client, pytest.raises(ListFailedError) as failed:
        client.wait_for_list(client.add_list("classification", source))
    assert failed.value.codes
    with Client(url) as client, pytest.raises(ValueError, match="ends in none of"):
        client.add_list("classification", tmp_path / "in.ods")


def test_a_list_that_may_have_been_taken_is_not_sent_again(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(LIST, "utf-8")
    asked = []

    def lost(request: httpx.Request) -> httpx.Response:
        asked.append(request.read())
        raise httpx.ReadError("gone")

    with Client("http://service", first_wait=0.001) as client:
        client._http = httpx.Client(base_url="http://service", transport=httpx.MockTransport(lost))
        with pytest.raises(httpx.ReadError):
            client.add_list("classification", source)
    assert asked == [LIST.encode()]


def test_what_is_known_and_what_became_of_it(url: str) -> None:
    with Client(url) as client:
        client.add_facts("H-1", ACCOUNT, scope="east", valid_from="2026-01-01")
        assert client.facts("H-1", scope="east") == ACCOUNT
        before = datetime(2025, 12, 31, tzinfo=UTC)
        assert client.facts("H-1", scope="east", valid_at=before) == {}
        told = client.history("H-1", limit=1)
        rest = client.history("H-1", after=int(told["last"]))
    assert [each["subject"] for each in told["events"]] == ["H-1"]
    assert rest["events"]


def test_both_clients_have_the_same_methods() -> None:
    def methods(of: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(each).parameters)
            for name, each in vars(of).items()
            if not name.startswith("_")
        }

    assert methods(Client) == methods(AsyncClient)
