from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from keyaccount.service.access.tokens import IssuersKeys, TokenReader, token_reader
from keyaccount.service.app import make_app
from keyaccount.service.refusal import RefusalError
from keyaccount.service.settings import Oidc, Settings
from service.desk import TWO_POLICIES

ISSUER, AUDIENCE = "https://issuer.example", "keyaccount"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_jwk(kid: str = "k1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return {**found, "kid": kid, "use": "sig", "alg": "RS256"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder: Path = tmp_path_factory.mktemp("tokens")
    (folder / "jwks.json").write_text(json.dumps({"keys": [public_jwk()]}))
    oidc = Oidc(ISSUER, AUDIENCE, str(folder / "jwks.json"), tenant_claim="org")
    database = f"sqlite:///{folder / 'service.db'}"
    return TestClient(make_app(Settings(str(TWO_POLICIES), database, str(folder), oidc=oidc)))


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "program",
        "exp": now + 600,
        "roles": ["decide"],
        "org": "default",
    }
    return {name: each for name, each in {**usual, **changed}.items() if each is not ...}


def signed(payload: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(payload, key, algorithm, headers={"kid": "k1", **header})


def part(data: object) -> str:
    text = json.dumps(data).encode() if not isinstance(data, bytes) else data
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


GOOD = signed(claims())
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")


def by_shared_secret(secret: bytes) -> str:
    """The classic confusion: the public key, known to all, as the secret of an HMAC."""
    head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{part(claims())}"
    return f"{head}.{part(hmac.digest(secret, head.encode(), hashlib.sha256))}"


def with_head(head: object) -> str:
    return f"{part(head)}.{PAYLOAD}.{SIGNATURE}"


def changed(signature: str) -> str:
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def raw(claim: str, **changed: Any) -> str:
    """Signed by the right key, but with a claim that no library would write."""
    payload = json.dumps(claims(**changed))[:-1] + f", {claim}}}"
    return jwt.api_jws.encode(payload.encode(), KEY, "RS256", {"kid": "k1"})


now = time.time
MALFORMED: dict[str, str | bytes] = {
    "empty": "",
    "a word": "token",
    "two parts": f"{HEAD}.{PAYLOAD}",
    "four parts": f"{GOOD}.x",
    "five parts, as if encrypted": f"{GOOD}.x.y",
    "no head": f".{PAYLOAD}.{SIGNATURE}",
    "no payload": f"{HEAD}..{SIGNATURE}",
    "no signature": f"{HEAD}.{PAYLOAD}.",
    "dots alone": "..",
    "a signature of zeros": f"{HEAD}.{PAYLOAD}.{part(bytes(256))}",
    "a signature cut short": GOOD[:-10],
    "a signature with one character changed": GOOD[:-20]
    + ("A" if GOOD[-20] != "A" else "B")
    + GOOD[-19:],
    "another's signature": f"{HEAD}.{part(claims(sub='other'))}.{SIGNATURE}",
    "another payload": f"{HEAD}.{part(claims(roles=['administer']))}.{SIGNATURE}",
    "algorithm none": f"{part({'alg': 'none'})}.{part(claims())}.",
    "algorithm None in capitals": f"{part({'alg': 'NONE'})}.{part(claims())}.",
    "algorithm none with a signature": with_head({"alg": "none", "kid": "k1"}),
    "no algorithm": f"{part({'kid': 'k1'})}.{PAYLOAD}.{SIGNATURE}",
    "an algorithm that is a number": with_head({"alg": 256, "kid": "k1"}),
    "the public key as a shared secret": by_shared_secret(PEM),
    "an empty shared secret": by_shared_secret(b""),
    "signed by another key": signed(claims(), OTHER),
    "signed by another kind of key": signed(claims(), CURVE, "ES256"),
    "a key that the issuer has not": signed(claims(), kid="k2"),
    "a key id that is a path": signed(claims(), kid="../../../dev/null"),
    "a key of its own in the head": signed(claims(), OTHER, jwk=public_jwk()),
    "a URL of keys in the head": signed(claims(), OTHER, jku="http://127.0.0.1:1/keys"),
    "a head that is a list": f"{part([])}.{PAYLOAD}.{SIGNATURE}",
    "a head that is no JSON": f"{part(b'{')}.{PAYLOAD}.{SIGNATURE}",
    "a payload that is a list": jwt.api_jws.encode(b"[]", KEY, "RS256", {"kid": "k1"}),
    "a payload that is no JSON": jwt.api_jws.encode(b"{", KEY, "RS256", {"kid": "k1"}),
    "a certificate's URL in the head": signed(claims(), OTHER, x5u="http://127.0.0.1:1/cert"),
    "certificates of its own in the head": signed(claims(), OTHER, x5c=["MIIB"]),
    "an extension that must be understood": signed(claims(), crit=["exp"]),
    "a payload that is not encoded": signed(claims(), crit=["b64"], b64=False),
    "a key id that is a number": with_head({"alg": "RS256", "kid": 1}),
    "a key id that is a list": with_head({"alg": "RS256", "kid": ["k1"]}),
    "a very long key id": signed(claims(), OTHER, kid="k" * 8000),
    "an end past all bounds": raw('"exp":1e999', exp=...),
    "an end that is no number": raw('"exp":NaN', exp=...),
    "an end that is true": signed(claims(exp=True)),
    "a start that is a word": signed(claims(nbf="yesterday")),
    "an issuer that is a list": raw(f'"iss":["{ISSUER}"]', iss=...),
    "an issuer with more behind it": signed(claims(iss=ISSUER + ".evil.example")),
    "audiences without ours": signed(claims(aud=["a", "b"])),
    "an audience that is an object": signed(claims(aud={AUDIENCE: 1})),
    "a subject that is a number": signed(claims(sub=7)),
    "a tenant with a null character": signed(claims(org="default\x00")),
    "a very long tenant": signed(claims(org="o" * 101)),
    "roles that are a number": signed(claims(roles=5)),
    "blanks inside": GOOD.replace(".", " ."),
    "a line break behind it": GOOD + "\t",
    "out of date": signed(claims(exp=int(now()) - 3600)),
    "without an end": signed(claims(exp=...)),
    "an end that is a word": signed(claims(exp="tomorrow")),
    "not yet valid": signed(claims(nbf=int(now()) + 3600)),
    "issued in the future": signed(claims(iat=int(now()) + 3600)),
    "another issuer": signed(claims(iss="https://other.example")),
    "no issuer": signed(claims(iss=...)),
    "another audience": signed(claims(aud="other")),
    "no audience": signed(claims(aud=...)),
    "nobody": signed(claims(sub=...)),
    "an empty subject": signed(claims(sub="")),
    "a subject with a line break": signed(claims(sub="a\nb")),
    "no tenant": signed(claims(org=...)),
    "a tenant that is a list": signed(claims(org=["default"])),
    "very long": "a" * 20_000,
    "not ASCII": "ключ.ключ.ключ".encode(),
    "a key's form with a wrong secret": "ka_0123456789ab_" + "A" * 43,
}


def asked(client: TestClient, token: str | bytes) -> int:
    sent = token if isinstance(token, bytes) else token.encode()
    headers = {b"authorization": b"Bearer " + sent, b"content-type": b"application/json"}
    answer = client.post(
        "/v1/decisions/classification",
        content=b'{"facts":{}}',
        headers=headers,  # type: ignore[arg-type]  # bytes, as they go over the wire
    )
    return answer.status_code


def test_a_good_token_opens(client: TestClient) -> None:
    assert asked(client, GOOD) == 200


def test_a_token_without_the_role_does_not_open(client: TestClient) -> None:
    assert asked(client, signed(claims(roles=["read-log"]))) == 403
    assert asked(client, signed(claims(roles=["emperor"]))) == 403


def test_roles_may_be_words_of_one_text(client: TestClient) -> None:
    assert asked(client, signed(claims(roles="openid decide"))) == 200


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_token_is_refused(client: TestClient, name: str) -> None:
    assert asked(client, MALFORMED[name]) == 401


SCHEMES: dict[str, Callable[[str], str]] = {
    "no scheme": lambda token: token,
    "another scheme": lambda token: f"Digest {token}",
    "two tokens": lambda token: f"Bearer {token} {token}",
    "a broken password": lambda token: "Basic %%%",
}


@pytest.mark.parametrize("name", SCHEMES)
def test_another_header_is_refused(client: TestClient, name: str) -> None:
    answer = client.get("/v1/openapi.json", headers={"Authorization": SCHEMES[name](GOOD)})
    assert answer.status_code == 401


class Issuer:
    """An issuer on loopback that counts how often it is asked for its keys."""

    def __init__(self) -> None:
        self.asked = 0
        self.kid = "k1"
        self.broken = False
        self.hears = threading.Event()
        self.answers = threading.Event()
        self.answers.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                if not outer.answers.is_set():
                    outer.hears.set()
                    outer.answers.wait()
                self.send_response(500 if outer.broken else 200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [public_jwk(outer.kid)]}).encode())

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"
        threading.Thread(target=self.server.serve_forever).start()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_an_issuers_new_key_is_taken_up_but_made_up_ones_do_not_wear_it_out(
    issuer: Issuer,
) -> None:
    time_ = [0.0]
    read = TokenReader(
        Oidc(ISSUER, AUDIENCE, issuer.url), IssuersKeys(issuer.url, lambda: time_[0])
    )
    assert read(GOOD.encode()) is not None
    for number in range(20):
        assert read(signed(claims(), kid=f"made up {number}").encode()) is None
    assert issuer.asked == 1
    issuer.kid, time_[0] = "k2", 20.0
    assert read(signed(claims(), kid="k2").encode()) is not None
    assert issuer.asked == 2


def test_an_issuers_old_key_opens_nothing_once_its_keys_are_renewed(issuer: Issuer) -> None:
    time_ = [0.0]
    read = TokenReader(
        Oidc(ISSUER, AUDIENCE, issuer.url), IssuersKeys(issuer.url, lambda: time_[0])
    )
    assert read(GOOD.encode()) is not None
    issuer.kid, time_[0] = "k2", 400.0
    assert read(GOOD.encode()) is None


def test_an_issuer_that_was_never_reached_opens_nothing_and_says_so() -> None:
    url = "http://127.0.0.1:1/keys"
    with pytest.raises(RefusalError) as refused:
        TokenReader(Oidc(ISSUER, AUDIENCE, url), IssuersKeys(url))(GOOD.encode())
    assert refused.value.status == 503


def test_the_last_keys_do_for_a_day_where_the_issuer_cannot_be_reached(issuer: Issuer) -> None:
    time_ = [0.0]
    read = TokenReader(
        Oidc(ISSUER, AUDIENCE, issuer.url), IssuersKeys(issuer.url, lambda: time_[0])
    )
    issuer.broken = True
    time_[0] = 80_000.0
    assert read(GOOD.encode()) is not None
    time_[0] = 90_000.0
    with pytest.raises(RefusalError):
        read(GOOD.encode())


def test_who_asks_while_another_waits_for_the_issuer_goes_on_with_the_keys_there_are(
    issuer: Issuer,
) -> None:
    time_ = [0.0]
    read = TokenReader(
        Oidc(ISSUER, AUDIENCE, issuer.url), IssuersKeys(issuer.url, lambda: time_[0])
    )
    time_[0] = 400.0
    issuer.answers.clear()
    waiting = threading.Thread(target=read, args=(GOOD.encode(),))
    waiting.start()
    try:
        assert issuer.hears.wait(10)
        assert read(GOOD.encode()) is not None  # or else this test would never end
    finally:
        issuer.answers.set()
        waiting.join()
    assert issuer.asked == 2


@pytest.mark.parametrize(
    "place", ["http://localhost.evil.example/", "http://127.0.0.1.evil.example/"]
)
def test_keys_come_unencrypted_from_this_machine_alone(place: str) -> None:
    with pytest.raises(OSError, match="No such file"):
        token_reader(Oidc(ISSUER, AUDIENCE, place))
