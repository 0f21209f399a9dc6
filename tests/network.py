"""No test reaches the network: connections and name look-ups outside loopback fail the test.

They fail it with pytest's own exception, which `except Exception` does not catch: code under test that
retries, or turns every error into a state, cannot hide the attempt. Code outside Python is not covered.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


def is_local(host: object) -> bool:
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_number(host: object) -> bool:
    """An address, in any way of writing it that the system takes for one (127.1, 0x7f000001)."""
    try:
        socket.inet_aton(str(host))
    except OSError:
        return ":" in str(host)
    return True


def _refuse(host: object) -> None:
    pytest.fail(f"a test tried to reach {host!r}: the network is blocked outside loopback")


def block(patch: pytest.MonkeyPatch) -> None:
    def guard_socket(name: str) -> None:
        original: Callable[..., Any] = getattr(socket.socket, name)

        def guarded(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]  # of sendto(data, [flags,] address) too
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
                self.close()  # else a leak warning of the socket hides the reason
                _refuse(address[0])
            return original(self, *arguments)

        patch.setattr(socket.socket, name, guarded)

    def guard_lookup(name: str) -> None:
        original: Callable[..., Any] = getattr(socket, name)

        def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
            if not (is_local(host) or is_number(host)):  # to turn a number into an address asks nobody
                _refuse(host)
            return original(host, *arguments, **options)

        patch.setattr(socket, name, guarded)

    for name in ("connect", "connect_ex", "sendto"):
        guard_socket(name)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        guard_lookup(name)
