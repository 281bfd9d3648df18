"""Signing in with a provider by OpenID Connect: code flow with PKCE, state and nonce.

Only the provider's own host, and hosts below it, are asked; whatever it answers is checked before it is
believed: the exact issuer, whom the token is for, who signed it with which key, when, and for which sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from crm.errors import NotAllowed, UpstreamError
from crm.settings import Settings
from crm.sources import http
from crm.sources.outbound import Outbound

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_SKEW = 60
_OLDEST = 600
_KEPT_SECONDS = 3600.0
_LONGEST_TOKEN = 16_384
_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who vouches for people: its exact issuer, whom it knows us as, and what people call it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    outbound: Outbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """One sign-in: where the browser comes back, and the three secrets that bind the answer to it."""

    back: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says of somebody; ``email`` only where it vouches for that as well."""

    issuer: str
    subject: str
    email: str


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorization: str
    token: str
    keys: str
    posts_secret: bool


def provider_of(settings: Settings) -> Provider | None:
    """The provider of this installation; None where none is set up, or nobody may be called."""
    if settings.offline or not (settings.oidc_issuer and settings.oidc_client_id):
        return None
    host = urlsplit(settings.oidc_issuer).hostname or ""
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        name=settings.oidc_name or host,
        outbound=Outbound(user_agent=f"crm ({settings.contact})", allowed=frozenset({host})),
    )


def address(provider: Provider, going: Going) -> str:
    """Where the browser goes to sign in; UpstreamError where the provider cannot be asked."""
    challenge = hashlib.sha256(going.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": going.back,
        "scope": "openid email",
        "state": going.state,
        "nonce": going.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    there = _endpoints(provider).authorization
    return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"


def redeem(provider: Provider, code: str, going: Going, *, now: datetime) -> Vouched:
    """Whom the provider vouches for; NotAllowed where its answer does not hold, UpstreamError without one."""
    there = _endpoints(provider)
    asked = {
        "grant_type": "authorization_code",
        "code": code[:4096],
        "redirect_uri": going.back,
        "client_id": provider.client_id,
        "code_verifier": going.verifier,
    }
    headers = {}
    if there.posts_secret:
        asked["client_secret"] = provider.client_secret
    else:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    outbound = _towards(there.token, provider)
    try:
        answer = _object(http.post(there.token, asked, outbound=outbound, headers=headers), provider)
    except http.Unanswered as error:
        raise _refused(provider) from error
    return _believed(provider, str(answer.get("id_token") or ""), going.nonce, now=now)


def _believed(provider: Provider, token: str, nonce: str, *, now: datetime) -> Vouched:
    if not token or len(token) > _LONGEST_TOKEN:
        raise _refused(provider)
    try:
        claims = jwt.decode(token, _key_for(provider, token), algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_SKEW,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused(provider) from error
    _check_the_rest(provider, claims, now=now)
    vouches = claims.get("email_verified") is True or str(claims.get("xms_edov")).lower() in {"1", "true"}
    email = claims.get("email")
    return Vouched(provider.issuer, claims["sub"], email if vouches and isinstance(email, str) else "")


def _check_the_rest(provider: Provider, claims: dict[str, Any], *, now: datetime) -> None:
    """What the library leaves to us: whom among several the token is for, its age, and a fit subject."""
    audience, subject, issued = claims["aud"], claims["sub"], claims["iat"]
    several = isinstance(audience, list) and len(audience) > 1
    for_us = claims.get("azp", provider.client_id if not several else None) == provider.client_id
    fresh = isinstance(issued, int | float) and now.timestamp() - issued <= _OLDEST
    fit = isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT
    if not (for_us and fresh and fit):
        raise _refused(provider)


def _key_for(provider: Provider, token: str) -> KeySet:
    """The one key a token names; read anew once where it is unknown, as providers change their keys."""
    named = _header(token).get("kid")
    for again in (False, True):
        if again:
            _forget(provider)
        known = _keys(provider, _hour())
        found = [key for key in known if isinstance(key, dict) and named and key.get("kid") == named]
        if found:
            return KeySet.import_key_set({"keys": found})
    raise ValueError("the token names no key the provider has")


def _header(token: str) -> dict[str, Any]:
    part = token.partition(".")[0]
    found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise TypeError("a token's header is an object")
    return found


@lru_cache(maxsize=8)
def _keys(provider: Provider, _hour: int) -> list[Any]:
    there = _endpoints(provider).keys
    answer = _object(http.fetch(there, outbound=_towards(there, provider)), provider)
    found = answer.get("keys")
    return found if isinstance(found, list) else []


def _endpoints(provider: Provider) -> _Endpoints:
    return _discovered(provider, _hour())


@lru_cache(maxsize=8)
def _discovered(provider: Provider, _hour: int) -> _Endpoints:
    """What the provider says of itself; it must say exactly the issuer we were told."""
    there = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    said = _object(http.fetch(there, outbound=provider.outbound), provider)
    found = [said.get(f"{name}_endpoint") for name in ("authorization", "token")] + [said.get("jwks_uri")]
    if said.get("issuer") != provider.issuer or not all(_below(url, provider) for url in found):
        raise UpstreamError("%(host)s sier noe annet om seg selv enn vi har satt opp.", host=provider.name)
    ways = said.get("token_endpoint_auth_methods_supported", [])
    return _Endpoints(str(found[0]), str(found[1]), str(found[2]), "client_secret_post" in ways)


def _below(url: object, provider: Provider) -> bool:
    """Whether an address is on the provider's own host, or a host below it, over TLS."""
    parts, own = urlsplit(url if isinstance(url, str) else ""), urlsplit(provider.issuer)
    if parts.netloc in provider.outbound.trusted:
        return True
    host = parts.hostname or ""
    ours = host == own.hostname or host.endswith(f".{own.hostname}")
    return parts.scheme == "https" and parts.port is None and ours


def _towards(url: str, provider: Provider) -> Outbound:
    """Leave to ask the host of one of the provider's own addresses."""
    return replace(provider.outbound, allowed=frozenset({urlsplit(url).hostname or ""}))


def _object(answer: bytes, provider: Provider) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise UpstreamError("%(host)s svarte med noe vi ikke kan lese.", host=provider.name) from error
    if not isinstance(found, dict):
        raise UpstreamError("%(host)s svarte med noe vi ikke kan lese.", host=provider.name)
    return found


def _forget(provider: Provider) -> None:
    del provider
    _keys.cache_clear()


def _hour() -> int:
    """Counts on; what was learned of a provider is asked for anew each hour."""
    return int(time.monotonic() // _KEPT_SECONDS)


def _refused(provider: Provider) -> NotAllowed:
    return NotAllowed("Svaret fra %(provider)s kunne ikke godtas. Prøv igjen.", provider=provider.name)
