"""Which addresses may be spoken to: public ones, whatever their name resolves to at this moment."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_MAX_URL: Final = 500
_PORTS: Final = {"https": 443, "http": 80}
_GLOBAL_V6: Final = ip_network("2000::/3")
# Never public, beside what the library knows: special uses, and ways to write an IPv4 address as another.
_INSIDE: Final = tuple(
    ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "2001::/23", "2001:db8::/32", "2002::/16")
)


class AddressRefused(Exception):
    """An address that is not spoken to; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_plain(self) -> bool:
        """Whether it is spoken to without TLS."""
        return self.scheme == "http"

    @property
    def host_header(self) -> str:
        """The host as HTTP names it, with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_receiver(url: str, *, allow_loopback: bool = False) -> Receiver:
    """Return the parts of an address that may be told of changes: https, a host, nothing hidden in it.

    Raises:
        AddressRefused: bad_url or not_https; plain HTTP goes to loopback alone, where that is allowed at all.
    """
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused("bad_url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused("bad_url") from error
    if parts.scheme not in _PORTS:
        raise AddressRefused("not_https")
    if not host or port == 0 or parts.username is not None or parts.fragment or "%" in host:
        raise AddressRefused("bad_url")
    if parts.scheme == "http" and not allow_loopback:
        raise AddressRefused("not_https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(parts.scheme, host, port or _PORTS[parts.scheme], target)


def resolve(receiver: Receiver, *, allow_loopback: bool = False) -> str:
    """Return the one address to connect to: the name is looked up here and nowhere after.

    Raises:
        AddressRefused: unresolved, or not_public where any address of the name lies inside.
    """
    try:
        found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("unresolved") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    is_loopback = bool(addresses) and all(each.is_loopback for each in addresses)
    if allow_loopback and is_loopback:
        return str(addresses[0])
    # Plain HTTP is for loopback alone; and a name that also leads inside is not trusted to lead outside.
    if not addresses or receiver.is_plain or not all(is_public(each) for each in addresses):
        raise AddressRefused("not_public")
    return str(addresses[0])


def demand_reachable(url: str, *, allow_loopback: bool = False) -> None:
    """Refuse an address that would not be spoken to now; it is asked again at each delivery.

    Raises:
        AddressRefused.
    """
    resolve(parse_receiver(url, allow_loopback=allow_loopback), allow_loopback=allow_loopback)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether the address is one of the open internet."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    return (
        address.is_global
        and not is_special
        and not any(address in each for each in _INSIDE if each.version == address.version)
    )
