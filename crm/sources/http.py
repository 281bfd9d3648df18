"""The one way out of the program: every request to the network is made here.

Named hosts only, over TLS, no redirects, no proxies from the environment, bounded in size and time, at most
five requests a second to a host. Whatever goes wrong is one sentence that names the host.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from crm.errors import UpstreamError, said
from crm.sources.outbound import Outbound, Route, route_to
from crm.sources.pace import retry_after, wait_turn
from crm.sources.parts import Part

MEGABYTE = 1_000_000
_RETRIES = 2
_BUSY = frozenset({429, 503})
_PARTIAL, _NOT_MODIFIED = 206, 304


class Unanswered(UpstreamError):  # noqa: N818  (named as the five are)
    """The host answered, but not with what was asked for; ``status`` says how."""

    def __init__(self, message: str, *, status: int, host: str, wait: int = 0) -> None:
        super().__init__(message, status=status, host=host, wait=wait)
        self.status = status


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download came to; ``changed`` is False where the host said nothing is new."""

    changed: bool
    size: int
    etag: str | None
    last_modified: str | None


def fetch(
    url: str, *, outbound: Outbound, max_bytes: int = MEGABYTE, accept: str = "application/json"
) -> bytes:
    """The body of an answer; UpstreamError otherwise, Unanswered where the host gave another status."""
    with _answer(url, outbound=outbound, headers={"Accept": accept}) as (response, host):
        deadline = time.monotonic() + outbound.seconds
        return b"".join(_limited(response, host=host, max_bytes=max_bytes, deadline=deadline))


def post(
    url: str,
    fields: dict[str, str],
    *,
    outbound: Outbound,
    headers: dict[str, str],
    max_bytes: int = MEGABYTE,
) -> bytes:
    """The body of the answer to a form; UpstreamError otherwise, as with ``fetch``."""
    asked = {"Accept": "application/json"} | headers
    with _answer(url, outbound=outbound, headers=asked, fields=fields) as (response, host):
        deadline = time.monotonic() + outbound.seconds
        return b"".join(_limited(response, host=host, max_bytes=max_bytes, deadline=deadline))


def download(
    url: str,
    target: Path,
    *,
    outbound: Outbound,
    max_bytes: int,
    etag: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Downloaded:
    """A large file to disk, where it appears only when it is whole.

    With the ``etag`` of the last download nothing is fetched unless the file is new. What was cut off goes on
    where it stopped, as long as it is the same file. ``progress`` is told the bytes so far and in all. The
    bytes are kept as sent: a gzip file stays one.
    """
    part = Part(target)
    headers = {"Accept": "*/*"} | ({"If-None-Match": etag} if etag else {}) | part.asking()
    with _answer(url, outbound=outbound, headers=headers) as (response, host):
        found = response.headers.get("etag"), response.headers.get("last-modified")
        if response.status_code == _NOT_MODIFIED:
            return Downloaded(False, 0, found[0] or etag, found[1])
        start = part.size if response.status_code == _PARTIAL else 0
        pieces = _limited(response, host=host, max_bytes=max_bytes - start, deadline=float("inf"))
        length = _length(response)
        total = None if length is None else start + length
        size = part.store(pieces, start=start, total=total, etag=found[0], progress=progress)
    return Downloaded(True, size, *found)


@contextlib.contextmanager
def _answer(
    url: str, *, outbound: Outbound, headers: dict[str, str], fields: dict[str, str] | None = None
) -> Iterator[tuple[httpx.Response, str]]:
    """An open answer with status 200 or 304, after waiting as the host asked, twice at most."""
    route = route_to(url, outbound)
    with contextlib.ExitStack() as stack, _told(route.host):
        client = stack.enter_context(_client(outbound))
        for attempt in range(_RETRIES + 1):
            wait_turn(route.host, outbound.per_second)
            response = client.send(_request(client, route, headers, fields), stream=True)
            stack.callback(response.close)
            if response.status_code not in _BUSY or attempt == _RETRIES:
                break
            _wait_as_asked(response, route.host, outbound)
        _check_status(response, route.host)
        yield response, route.host


def _client(outbound: Outbound) -> httpx.Client:
    agent = {"User-Agent": outbound.user_agent, "Accept-Encoding": "identity"}
    return httpx.Client(
        headers=agent,
        timeout=outbound.seconds,
        follow_redirects=False,
        trust_env=False,
        verify=_certificates(),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust: the list that comes with the program, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)


def _request(
    client: httpx.Client, route: Route, headers: dict[str, str], fields: dict[str, str] | None
) -> httpx.Request:
    """A request to the checked address, in the name of the host: for TLS and in the header."""
    method = "GET" if fields is None else "POST"
    if route.url.host == route.host:
        return client.build_request(method, route.url, headers=headers, data=fields)
    named, told = headers | {"Host": route.host}, {"sni_hostname": route.host}
    return client.build_request(method, route.url, headers=named, data=fields, extensions=told)


def _wait_as_asked(response: httpx.Response, host: str, outbound: Outbound) -> None:
    asked = retry_after(response.headers.get("retry-after"))
    if asked > outbound.longest_wait:
        raise Unanswered(
            said("%(host)s har for mye å gjøre og ber oss vente %(wait)s sekunder. Prøv igjen senere."),
            status=response.status_code,
            host=host,
            wait=round(asked),
        )
    response.close()
    time.sleep(asked)


def _check_status(response: httpx.Response, host: str) -> None:
    status = response.status_code
    if status in {200, _NOT_MODIFIED} or (status == _PARTIAL and "range" in response.request.headers):
        return
    if response.is_redirect:
        raise Unanswered(
            said("%(host)s viser videre til en annen adresse, og det følger vi ikke."),
            status=status,
            host=host,
        )
    if status in _BUSY:
        raise Unanswered(
            said("%(host)s har for mye å gjøre akkurat nå. Prøv igjen senere."), status=status, host=host
        )
    raise Unanswered(
        said("%(host)s svarte med feil %(status)s. Prøv igjen senere."), status=status, host=host
    )


def _limited(response: httpx.Response, *, host: str, max_bytes: int, deadline: float) -> Iterator[bytes]:
    """The pieces of the body, until they are too many or too slow."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise UpstreamError("%(host)s sendte et pakket svar vi ikke ba om.", host=host)
    size = 0
    for piece in response.iter_raw():
        size += len(piece)
        if size > max_bytes:
            raise UpstreamError("%(host)s sendte mer enn %(limit)s byte.", host=host, limit=max_bytes)
        if time.monotonic() > deadline:
            raise UpstreamError("%(host)s svarte for sent.", host=host)
        yield piece


def _length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None


@contextlib.contextmanager
def _told(host: str) -> Iterator[None]:
    """Failures of the network in one sentence."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise UpstreamError("%(host)s svarte for sent.", host=host) from error
    except httpx.RemoteProtocolError as error:
        raise UpstreamError("%(host)s brøt forbindelsen midt i svaret.", host=host) from error
    except (httpx.HTTPError, httpx.StreamError, ssl.SSLError) as error:
        certificate = "certificate" in str(error).lower() or isinstance(error, ssl.SSLError)
        sentence = (
            said("Sertifikatet til %(host)s er ikke til å stole på.")
            if certificate
            else said("Får ikke kontakt med %(host)s.")
        )
        raise UpstreamError(sentence, host=host) from error
