from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from keyaccount.service.access.callers import Caller, Role
from keyaccount.service.access.rates import Rates
from keyaccount.service.app import make_app, routes
from keyaccount.service.endpoint import Route
from keyaccount.service.refusal import RefusalError
from keyaccount.service.settings import Bounds, Settings
from service.desk import TWO_POLICIES, Desk, codes

ROUTES = routes(Bounds())
GUARDED = [each for each in ROUTES if each.roles is not None]
OPEN = [each for each in ROUTES if each.roles is None]
FORBIDDEN = {401, 403}


def path_of(route: Route) -> str:
    return (
        route.path.replace("{policy}", "classification")
        .replace("{sequence}", "1")
        .replace("{version}", "0123456789abcdef")
        .replace("{id}", "0123456789ab")
    )


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_every_route_is_shut_without_a_key(shared_desk: Desk, route: Route) -> None:
    answer = shared_desk.client.request(route.method, path_of(route))
    assert (answer.status_code, codes(answer)) == (401, ["access.no-key"])
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_every_route_opens_to_its_roles_and_to_no_other(shared_desk: Desk, route: Route) -> None:
    assert route.roles is not None
    for role in Role:
        answer = shared_desk.ask(route.method, path_of(route), b"{}", role=role)
        opens = not route.roles or role in route.roles
        assert (answer.status_code not in FORBIDDEN) is opens, role


@pytest.mark.parametrize("route", OPEN, ids=named)
def test_only_health_and_the_pages_script_are_open(shared_desk: Desk, route: Route) -> None:
    assert shared_desk.client.request(route.method, path_of(route)).status_code == 200
    assert route.path in {"/healthz", "/readyz", "/docs/start.js"}


def test_a_second_tenant_sees_nothing(desk: Desk) -> None:
    desk.decide("classification", {"monthly_tonnes": 20}, reference="R-1")
    for path in ("/v1/log", "/v1/log?reference=R-1", "/v1/shadow/differences"):
        theirs = desk.ask("GET", path, role=Role.READ_LOG, tenant="other").json()
        assert not theirs.get("entries")
        assert not theirs.get("differences")
    theirs = desk.ask("GET", "/v1/log/1", role=Role.READ_LOG, tenant="other")
    assert theirs.status_code == 404
    keys = desk.ask("GET", "/v1/keys", role=Role.ADMINISTER, tenant="other").json()["keys"]
    assert len(keys) == len(Role)


def test_a_second_tenant_cannot_revoke_the_firsts_keys(desk: Desk) -> None:
    mine = desk.ask("GET", "/v1/keys", role=Role.ADMINISTER).json()["keys"][0]["id"]
    path = f"/v1/keys/{mine}"
    assert desk.ask("DELETE", path, role=Role.ADMINISTER, tenant="other").status_code == 404
    assert desk.ask("DELETE", path, role=Role.ADMINISTER).status_code == 204


def test_only_the_operator_changes_versions(shared_desk: Desk) -> None:
    answer = shared_desk.ask(
        "PUT", "/v1/shadow", {"version": None}, role=Role.ADMINISTER, tenant="other"
    )
    assert (answer.status_code, codes(answer)) == (403, ["access.not-the-operator"])


def test_a_key_made_over_http_opens_and_once_revoked_does_not(desk: Desk) -> None:
    made = desk.ask("POST", "/v1/keys", {"name": "n", "roles": ["decide"]}, role=Role.ADMINISTER)
    header = {"Authorization": f"Bearer {made.json()['key']}"}
    assert desk.client.get("/v1/openapi.json", headers=header).status_code == 200
    id_ = made.json()["key"].split("_")[1]
    desk.ask("DELETE", f"/v1/keys/{id_}", role=Role.ADMINISTER)
    desk.service.gate._known.clear()  # as time does
    assert desk.client.get("/v1/openapi.json", headers=header).status_code == 401


def test_a_key_is_nowhere_in_the_database(desk: Desk) -> None:
    secrets = [each.split("_", 2)[2] for each in desk.keys.values()]
    with desk.service.engine.connect() as connection:
        rows = str(list(connection.exec_driver_sql("SELECT * FROM api_key")))
    assert not any(each in rows for each in secrets)


def test_a_browser_may_send_the_key_as_password(shared_desk: Desk) -> None:
    key = shared_desk.keys["default", Role.DECIDE]
    assert shared_desk.client.get("/docs", auth=("anybody", key)).status_code == 200


def test_a_used_up_rate_is_told_with_the_time_to_wait() -> None:
    now = [0.0]
    rates = Rates(clock=lambda: now[0])
    caller = Caller("k", "t", frozenset(Role), rate=2)
    rates.take(caller)
    rates.take(caller)
    with pytest.raises(RefusalError) as refused:
        rates.take(caller)
    assert refused.value.status == 429
    assert int(refused.value.headers["Retry-After"]) >= 1
    now[0] = 0.5
    rates.take(caller)


def test_a_big_batch_is_paid_for_afterwards() -> None:
    now = [0.0]
    rates = Rates(clock=lambda: now[0])
    caller = Caller("k", "t", frozenset(Role), rate=10)
    rates.take(caller, 100)
    now[0] = 5.0
    with pytest.raises(RefusalError):
        rates.take(caller)
    now[0] = 10.0
    rates.take(caller)


def test_a_clock_that_began_anew_shuts_nobody_out(tmp_path: Path) -> None:
    caller = Caller("k", "t", frozenset(Role), rate=4)
    Rates(tmp_path / "rates", lambda: 1e6).take(caller)
    Rates(tmp_path / "rates", lambda: 0.0).take(caller)


def test_workers_share_a_keys_rate_whichever_of_them_is_asked(tmp_path: Path) -> None:
    caller = Caller("k", "t", frozenset(Role), rate=4)
    one, two = (Rates(tmp_path / "rates", lambda: 0.0) for _ in range(2))
    for worker in (one, one, one, two):
        worker.take(caller)
    for worker in (one, two):
        with pytest.raises(RefusalError):
            worker.take(caller)
    one.take(Caller("other", "t", frozenset(Role), rate=4))


def test_no_address_leads_to_a_host_that_the_caller_names(shared_desk: Desk) -> None:
    answer = shared_desk.client.get(
        "/v1/log/", headers={"Host": "evil.example"}, follow_redirects=False
    )
    assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_what_the_pages_files_cannot_do_is_told_as_everywhere(shared_desk: Desk) -> None:
    answer = shared_desk.client.post("/docs/assets/swagger-ui.css")
    assert (answer.status_code, codes(answer)) == (405, ["service.wrong-method"])
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:8000", 403),
        ("127.0.0.1@evil.example", 403),
    ],
)
def test_without_keys_no_other_hosts_name_leads_here(
    tmp_path: Path, host: str, status: int
) -> None:
    database = f"sqlite:///{tmp_path / 's.db'}"
    made = make_app(Settings(str(TWO_POLICIES), database, str(tmp_path), open_local=True))
    with TestClient(made) as client:
        for path in ("/v1/decisions/classification", "/v1/decisions/classification/batch"):
            body = {"facts": {}} if not path.endswith("batch") else [{"facts": {}}]
            answer = client.post(path, json=body, headers={"Host": host})
            assert answer.status_code == status
