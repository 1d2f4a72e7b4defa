"""No test reaches the network: only this machine's loopback and Unix sockets answer."""

import ipaddress
import socket

LOOPBACK_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost"}


class NetworkRefusedError(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def is_loopback(host: object) -> bool:
    """Say whether ``host`` (a name, an address, or None for "here") is this very machine."""
    if host is None:
        return True
    name = (host.decode() if isinstance(host, bytes) else str(host)).strip("[]").partition("%")[0]
    if name.lower() in LOOPBACK_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_outside(patch) -> None:
    """Make every way out of Python's sockets raise; ``patch`` is a ``pytest.MonkeyPatch``."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        patch.setattr(socket, name, _guarded_lookup(getattr(socket, name)))


def _guarded(method):
    def guarded(self, *arguments):
        address = arguments[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address[0]):
            raise NetworkRefusedError(f"a test tried to reach {address[0]}")
        return method(self, *arguments)

    return guarded


def _guarded_lookup(function):
    def guarded(host, *arguments, **named):
        if not is_loopback(host):
            raise NetworkRefusedError(f"a test tried to look up {host}")
        return function(host, *arguments, **named)

    return guarded
