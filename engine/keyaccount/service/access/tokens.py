"""OIDC bearer tokens: signed by an issuer that the settings name."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt import PyJWKClient, PyJWKSet

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import Caller, Role
from keyaccount.service.refusal import RefusalError
from keyaccount.service.settings import DEFAULT_TENANT, Oidc

_LOG = logging.getLogger("keyaccount.service")

# Asymmetric only: a public key must never do as a shared secret, and `none` is no signature.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_LONGEST = 16_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LEEWAY_SECONDS = 30
_AGAIN_SECONDS = 10.0
"""So often at most the issuer is asked for its keys: anybody can make up names of keys."""
_RENEWED_SECONDS = 300.0
_KEPT_SECONDS = 86_400.0
"""So long its last keys do for an issuer that cannot be reached."""
_WAIT_SECONDS = 5
_NAME_LENGTH = 200


Keys = Callable[[str | None], PyJWKSet]
"""The issuer's keys; the name of the one that is looked for may be new to us."""


class IssuersKeys:
    """The keys at the issuer's URL: asked for at once, now and then, and where one is missing.

    Only one thread at a time waits for the issuer, the others go on with what is
    there: one that hangs must not hold up everybody.
    """

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        self._client = PyJWKClient(url, cache_jwk_set=False, timeout=_WAIT_SECONDS)
        self._clock = clock
        self._asking = Lock()
        self._keys: PyJWKSet | None = None
        self._got_at = self._asked_at = clock()
        self._ask()

    def __call__(self, kid: str | None) -> PyJWKSet:
        """Raises: RefusalError, 503: the issuer has not been reached for too long."""
        if self._should_ask(kid) and self._asking.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._asking.release()
        found = self._keys
        if found is None or self._clock() - self._got_at > _KEPT_SECONDS:
            raise RefusalError(503, [messages.no_issuers_keys()], {"Retry-After": "10"})
        return found

    def _should_ask(self, kid: str | None) -> bool:
        now = self._clock()
        if now - self._asked_at < _AGAIN_SECONDS:
            return False
        if self._keys is None or now - self._got_at > _RENEWED_SECONDS:
            return True
        return kid is not None and all(each.key_id != kid for each in self._keys.keys)

    def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            self._keys = self._client.get_jwk_set(refresh=True)
        except (jwt.PyJWTError, OSError, ValueError) as error:
            _LOG.warning("the issuer's keys cannot be had: %s", type(error).__name__)
        else:
            self._got_at = self._clock()


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Tells whose a token is, by the issuer's keys."""

    settings: Oidc
    keys: Keys

    def __call__(self, token: bytes) -> Caller | None:
        """Whose it is; None where anything about it is not as it has to be.

        Raises:
            RefusalError: 503, the issuer's keys are not to be had.
        """
        if len(token) > _LONGEST:
            return None
        try:
            claims = self._claims(token.decode("ascii"))
            return self._caller(claims)
        except (jwt.PyJWTError, UnicodeDecodeError, ValueError, TypeError, KeyError):
            return None

    def _claims(self, token: str) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in _ALGORITHMS:
            raise jwt.InvalidAlgorithmError
        found: dict[str, Any] = jwt.decode(
            token,
            self._key(header),
            algorithms=[algorithm],
            audience=self.settings.audience,
            issuer=self.settings.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
        )
        return found

    def _key(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        kid = header.get("kid")
        found = self.keys(kid).keys
        usable = [each for each in found if each.public_key_use in (None, "sig")]
        if kid is None and len(usable) == 1:
            return usable[0]
        for each in usable:
            if kid is not None and each.key_id == kid:
                return each
        raise jwt.InvalidKeyError

    def _caller(self, claims: Mapping[str, Any]) -> Caller | None:
        """Who the claims speak of; roles that are none of ours are left out."""
        subject = claims["sub"]
        given = claims.get(self.settings.roles_claim, [])
        names = given.split() if isinstance(given, str) else given
        known = {each.value: each for each in Role}
        roles = frozenset(known[each] for each in names if isinstance(each, str) and each in known)
        tenant = DEFAULT_TENANT
        if self.settings.tenant_claim is not None:
            tenant = claims[self.settings.tenant_claim]
        if not isinstance(subject, str) or not _is_name(subject) or not isinstance(tenant, str):
            return None
        return Caller(f"oidc:{subject}", tenant, roles) if _is_name(tenant) else None


def token_reader(settings: Oidc) -> TokenReader:
    """A reader by the settings.

    Raises:
        OSError: the file of keys cannot be read.
        ValueError: it holds no keys.
    """
    place = settings.jwks
    url = urlsplit(place)
    if url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK):
        return TokenReader(settings, IssuersKeys(place))
    keys = PyJWKSet.from_dict(json.loads(Path(place).read_text("utf-8")))
    return TokenReader(settings, lambda _: keys)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _NAME_LENGTH // 2 and text.isprintable()
