"""OIDC bearer tokens: signed by an issuer that the settings name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from jwt import PyJWKClient, PyJWKSet

from keyaccount.service.access.callers import Caller, Role
from keyaccount.service.settings import DEFAULT_TENANT, Oidc

# Asymmetric only: a public key must never do as a shared secret, and `none` is no signature.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_LONGEST = 16_000
_LEEWAY_SECONDS = 30
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Tells whose a token is. `keys` are a set from a file, or a client of the issuer's URL."""

    settings: Oidc
    keys: PyJWKSet | PyJWKClient

    def __call__(self, token: bytes) -> Caller | None:
        """Whose it is; None where anything about it is not as it has to be."""
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
            self._key(token, header),
            algorithms=[algorithm],
            audience=self.settings.audience,
            issuer=self.settings.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
        )
        return found

    def _key(self, token: str, header: Mapping[str, Any]) -> jwt.PyJWK:
        if isinstance(self.keys, PyJWKClient):
            return self.keys.get_signing_key_from_jwt(token)
        usable = [each for each in self.keys.keys if each.public_key_use in (None, "sig")]
        kid = header.get("kid")
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
    if place.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        return TokenReader(settings, PyJWKClient(place, cache_keys=True, timeout=5))
    keys: dict[str, Any] = json.loads(Path(place).read_text("utf-8"))
    return TokenReader(settings, PyJWKSet.from_dict(keys))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _NAME_LENGTH // 2 and text.isprintable()
