from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from keyaccount.client import AsyncClient, Client, Decision, ServiceError
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
