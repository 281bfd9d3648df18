"""Where the program may go on the network: named hosts, over TLS, at addresses open to everyone.

The address is looked up once, checked, and then connected to; a name that answers otherwise the second time
gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import httpx

from crm.errors import UpstreamError

OPEN_DATA_HOSTS = frozenset({"data.brreg.no", "data.ssb.no", "ws.geonorge.no"})
# Networks that lead on to another address, which Python's is_global does not look into.
_TRANSLATED = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """Who may be asked, as whom, and how patiently.

    ``user_agent`` holds the program's name and a contact address. ``trusted`` is for tests: ``host:port``
    of servers that may be asked without TLS and on this machine; leave it empty otherwise.
    """

    user_agent: str
    allowed: frozenset[str] = OPEN_DATA_HOSTS
    per_second: float = 5.0
    seconds: float = 10.0
    longest_wait: float = 30.0
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """A checked address to connect to, and the host it was found for."""

    url: httpx.URL
    host: str


def route_to(url: str, outbound: Outbound) -> Route:
    """Where to connect for an address; UpstreamError where the program may not go there."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UpstreamError("Adressen «%(url)s» er ikke gyldig.", url=url[:100]) from error
    if parsed.netloc.decode("ascii") in outbound.trusted:
        return Route(parsed, parsed.host)
    plain = parsed.scheme == "https" and parsed.port is None and not parsed.userinfo
    if not plain or parsed.host not in outbound.allowed:
        raise UpstreamError("Programmet har ikke lov til å hente noe fra «%(host)s».", host=parsed.host[:100])
    address = checked_address(parsed.host)
    return Route(parsed.copy_with(host=address), parsed.host)


def checked_address(host: str) -> str:
    """An address of the host; UpstreamError where it has none, or any of them is not open to everyone."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UpstreamError("Finner ikke %(host)s på nettet akkurat nå.", host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_open, addresses)):
        raise UpstreamError("%(host)s peker til en adresse som ikke er åpen på internett.", host=host)
    return addresses[0]


def is_open(address: str) -> bool:
    """Whether an address is open to everyone on the internet, also after translation.

    Examples
    --------
    >>> is_open("193.0.14.129"), is_open("127.0.0.1"), is_open("64:ff9b::7f00:1"), is_open("169.254.169.254")
    (True, False, False, False)
    """
    try:
        parsed: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    seen = mapped or parsed
    return seen.is_global and not seen.is_multicast and not any(seen in network for network in _TRANSLATED)
