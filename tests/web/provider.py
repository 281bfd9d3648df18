"""A small sign-in provider on this machine: it speaks OpenID Connect, and lies where a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from crm import clock
from crm.sources.openid import Provider
from crm.sources.outbound import Outbound

SECRET = "a secret between the two of us"


@dataclass
class Small:
    """The provider: who is signing in, and how its answers are bent."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1"})
    bend: Callable[[dict[str, Any]], object] = lambda _claims: None
    """Changes the claims of the next token."""
    sign_with: Callable[[dict[str, Any]], str] | None = None
    says: dict[str, Any] = field(default_factory=dict)
    """What its description says otherwise."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def description(self) -> dict[str, Any]:
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return own | self.says

    def code_for(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def redeem(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """A token for a code that was given out once, to whoever holds the verifier and the secret."""
        asked = self.codes.pop(given.get("code", ""), None)
        pair = base64.b64encode(f"crm:{SECRET.replace(' ', '%20')}".encode()).decode()
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {pair}"
            or challenge != asked["code_challenge"]
            or given.get("redirect_uri") != asked["redirect_uri"]
        ):
            return None
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": "crm",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.person
        self.bend(claims)
        sign = self.sign_with or (lambda said: jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key))
        return {"access_token": "x", "token_type": "Bearer", "id_token": sign(claims)}

    def unsigned(self, claims: dict[str, Any]) -> str:
        """A token with alg none."""
        parts = ({"alg": "none", "kid": "one"}, claims)
        coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        return ".".join(coded) + "."

    def signed_with_public_key(self, claims: dict[str, Any]) -> str:
        """A token whose shared secret is the provider's public key, which everybody knows."""
        secret = OctKey.import_key(self.key.as_pem(private=False), {"kid": "one"})
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret)

    def signed_by_another(self, claims: dict[str, Any]) -> str:
        other = RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)


@contextmanager
def serving(small: Small) -> Iterator[Provider]:
    """The provider while the block lasts, as the program is set up for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            small.asked.append(parts.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                back = {"code": small.code_for(asked), "state": asked["state"]}
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
                self.end_headers()
                return
            keys = KeySet([small.key]).as_dict(private=False)
            self._answer(small.description() if "well-known" in parts.path else keys)

        def do_POST(self) -> None:
            small.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            answer = small.redeem(given, self.headers.get("Authorization", ""))
            self._answer(answer or {"error": "invalid_grant"}, status=200 if answer else 400)

        def _answer(self, said: dict[str, Any], status: int = 200) -> None:
            whole = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    netloc = f"127.0.0.1:{server.server_port}"
    small.issuer = f"http://{netloc}"
    outbound = Outbound(user_agent="test", trusted=frozenset({netloc}), per_second=1000, seconds=5)
    try:
        yield Provider(
            issuer=small.issuer, client_id="crm", client_secret=SECRET, name="Kommunen", outbound=outbound
        )
    finally:
        server.shutdown()
        server.server_close()
