"""What comes back from the network is bounded, and what goes wrong is one sentence naming the host."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm.errors import UpstreamError
from crm.sources import http
from crm.sources.http import Unanswered, fetch
from crm.sources.outbound import Outbound, Route
from crm.sources.pace import retry_after, wait_turn


def test_a_body_is_fetched_in_our_name(server: Any, outbound: Outbound, reply: Any) -> None:
    server.reply("/a", reply(b"{}"))
    assert fetch(f"{server.url}/a", outbound=outbound, accept="application/json") == b"{}"
    ((_, headers),) = server.asked
    assert headers["User-Agent"] == outbound.user_agent
    assert headers["Accept"] == "application/json"
    assert headers["Accept-Encoding"] == "identity"


def test_a_server_on_this_machine_is_out_of_reach_unless_a_test_names_it(
    server: Any, outbound: Outbound, reply: Any
) -> None:
    server.reply("/a", reply(b"{}"))
    with pytest.raises(UpstreamError, match="ikke lov"):
        fetch(f"{server.url}/a", outbound=replace(outbound, trusted=frozenset()))
    assert server.asked == []


def test_proxies_of_the_environment_are_not_used(
    server: Any, outbound: Outbound, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.reply("/a", reply(b"ok"))
    assert fetch(f"{server.url}/a", outbound=outbound) == b"ok"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Any, outbound: Outbound, reply: Any, status: int) -> None:
    server.reply("/a", reply(status=status, headers={"Location": f"{server.url}/b"}))
    server.reply("/b", reply(b"secret"))
    with pytest.raises(Unanswered, match="viser videre"):
        fetch(f"{server.url}/a", outbound=outbound)
    assert [path for path, _ in server.asked] == ["/a"]


def test_a_body_that_is_too_large_is_refused(server: Any, outbound: Outbound, reply: Any) -> None:
    server.reply("/a", reply(b"x" * 1001))
    with pytest.raises(UpstreamError, match="mer enn 1000 byte"):
        fetch(f"{server.url}/a", outbound=outbound, max_bytes=1000)
    server.reply("/a", reply(b"x" * 1000))
    assert len(fetch(f"{server.url}/a", outbound=outbound, max_bytes=1000)) == 1000


def test_a_packed_answer_nobody_asked_for_is_refused(server: Any, outbound: Outbound, reply: Any) -> None:
    server.reply("/a", reply(b"bomb", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(UpstreamError, match="pakket"):
        fetch(f"{server.url}/a", outbound=outbound)


@pytest.mark.parametrize("status", [400, 404, 410, 500])
def test_another_status_is_told_with_its_number(
    server: Any, outbound: Outbound, reply: Any, status: int
) -> None:
    server.reply("/a", reply(b"<html>", status=status))
    with pytest.raises(Unanswered) as caught:
        fetch(f"{server.url}/a", outbound=outbound)
    assert caught.value.status == status
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_waited_for(server: Any, outbound: Outbound, reply: Any, status: int) -> None:
    busy = reply(status=status, headers={"Retry-After": "0"})
    server.reply("/a", busy, busy, reply(b"ok"))
    assert fetch(f"{server.url}/a", outbound=outbound) == b"ok"
    assert len(server.asked) == 3


def test_a_host_that_stays_busy_is_left_alone_after_two_more_tries(
    server: Any, outbound: Outbound, reply: Any
) -> None:
    server.reply("/a", reply(status=429, headers={"Retry-After": "0"}))
    with pytest.raises(Unanswered, match="for mye å gjøre"):
        fetch(f"{server.url}/a", outbound=outbound)
    assert len(server.asked) == 3


def test_a_host_that_asks_for_an_hour_is_not_waited_for(server: Any, outbound: Outbound, reply: Any) -> None:
    server.reply("/a", reply(status=503, headers={"Retry-After": "3600"}))
    started = time.monotonic()
    with pytest.raises(Unanswered, match="3600 sekunder"):
        fetch(f"{server.url}/a", outbound=outbound)
    assert time.monotonic() - started < 2


def test_an_answer_cut_short_is_no_answer(server: Any, outbound: Outbound, reply: Any) -> None:
    server.reply("/a", reply(b"half", cut=True))
    with pytest.raises(UpstreamError, match=r"127\.0\.0\.1 brøt forbindelsen"):
        fetch(f"{server.url}/a", outbound=outbound)


def test_a_closed_door_is_told(outbound: Outbound, socket_enabled: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        netloc = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UpstreamError, match=r"Får ikke kontakt med 127\.0\.0\.1"):
        fetch(f"http://{netloc}/", outbound=replace(outbound, trusted=frozenset({netloc})))


@pytest.mark.parametrize("drip", [False, True])
def test_a_host_that_says_nothing_or_little_is_given_up(
    outbound: Outbound, socket_enabled: None, *, drip: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        netloc = f"127.0.0.1:{silent.getsockname()[1]}"
        stop = threading.Event()
        thread = threading.Thread(target=_mumble, args=(silent, stop, drip), daemon=True)
        thread.start()
        patient = replace(outbound, trusted=frozenset({netloc}), seconds=0.3)
        with pytest.raises(UpstreamError, match="for sent"):
            fetch(f"http://{netloc}/", outbound=patient)
        stop.set()
        thread.join(5)


def _mumble(silent: socket.socket, stop: threading.Event, drip: bool) -> None:
    connection, _ = silent.accept()
    with connection:
        if drip:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not stop.wait(0.05):
            if drip:
                try:
                    connection.sendall(b"x")
                except OSError:
                    return


def test_a_certificate_nobody_vouches_for_is_refused(
    tmp_path: Path, outbound: Outbound, socket_enabled: None
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate of our own")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run([*made, "-days", "1", "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        netloc = f"127.0.0.1:{plain.getsockname()[1]}"
        thread = threading.Thread(target=_shake_hands, args=(plain, context), daemon=True)
        thread.start()
        with pytest.raises(UpstreamError, match=r"Sertifikatet til 127\.0\.0\.1"):
            fetch(f"https://{netloc}/", outbound=replace(outbound, trusted=frozenset({netloc})))
        thread.join(5)


def _shake_hands(plain: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = plain.accept()
    try:
        context.wrap_socket(connection, server_side=True).close()
    except OSError:
        connection.close()


def test_the_checked_address_is_asked_in_the_name_of_its_host() -> None:
    route = Route(httpx.URL("https://8.8.8.8/api?navn=a"), "data.brreg.no")
    with httpx.Client(trust_env=False) as client:
        request = http._request(client, route, {"Accept": "application/json"}, None)
    assert request.url.host == "8.8.8.8"
    assert request.headers["Host"] == "data.brreg.no"
    assert request.extensions["sni_hostname"] == "data.brreg.no"


def test_requests_to_a_host_keep_their_distance() -> None:
    started = time.monotonic()
    for _ in range(4):
        wait_turn("pace.example", 20)
    assert 0.14 <= time.monotonic() - started < 1


def test_a_wait_is_read_as_seconds_or_as_a_moment() -> None:
    assert retry_after("7") == 7
    assert retry_after("Mon, 23 Nov 2020 04:00:00 GMT") == 0
    assert retry_after("Mon, 23 Nov 2099 04:00:00 GMT") > 1e9
    assert retry_after(None) == retry_after("snart") == 2
