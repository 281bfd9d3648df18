"""The program goes to named hosts at open addresses and nowhere else."""

from __future__ import annotations

import socket

import pytest

from crm.errors import UpstreamError
from crm.sources.outbound import OPEN_DATA_HOSTS, Outbound, checked_address, is_open, route_to

OUTBOUND = Outbound(user_agent="test (post@example.no)")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
        "localhost", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_open_to_everyone_is_known(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", ["193.0.14.129", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_open_addresses_are_known(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://data.brreg.no/",
        "https://data.brreg.no:8443/",
        "https://user:pass@data.brreg.no/",
        "https://data.brreg.no.evil.example/",
        "https://evil.example/?data.brreg.no",
        "https://evil.example#data.brreg.no",
        "https://data.brreg.no@127.0.0.1/",
        "http://127.0.0.1\\@1.1.1.1",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://①②⑦.0.0.1/",
        "https://localhost./",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "https://metadata.internal/",
        "file:///etc/passwd",
        "ftp://data.brreg.no/",
        "//data.brreg.no/",
        "data.brreg.no",
        "",
        "https://",
        "https://data.brreg.no\x00.evil.example/",
        "https://[broken/",
    ],
)
def test_other_addresses_are_refused_before_any_look_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: pytest.fail("looked up"))
    with pytest.raises(UpstreamError):
        route_to(url, OUTBOUND)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """A resolver that gives these addresses, one list a call."""
    left = list(answers)

    def look_up(*_args: object, **_named: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 443)) for address in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.7"], ["8.8.8.8", "10.0.0.7"], ["10.0.0.7", "8.8.8.8"], ["::1"], []]
)
def test_a_named_host_that_points_inwards_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    answering(monkeypatch, addresses)
    with pytest.raises(UpstreamError, match=r"data\.brreg\.no"):
        checked_address("data.brreg.no")


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    route = route_to("https://data.brreg.no/enhetsregisteret/api/enheter?navn=a", OUTBOUND)
    assert str(route.url) == "https://8.8.8.8/enhetsregisteret/api/enheter?navn=a"
    assert route.host == "data.brreg.no"


def test_a_host_that_is_not_found_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(UpstreamError, match=r"Finner ikke data\.ssb\.no"):
        checked_address("data.ssb.no")


def test_three_hosts_of_open_data_are_allowed() -> None:
    assert {"data.brreg.no", "data.ssb.no", "ws.geonorge.no"} == OPEN_DATA_HOSTS
    assert OUTBOUND.trusted == frozenset()
