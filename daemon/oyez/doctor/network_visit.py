"""Looks names up, and times TCP connections: what a ping would tell, without the rights that it needs."""

import asyncio
import socket
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from oyez.doctor.facts import LatencyFacts, Lookup

CONNECTIONS = 16
PAUSE_S = 0.05
PATIENCE_S = 2.0
PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def endpoint(url: str) -> tuple[str, int] | None:
    """(host, port) of an address; None: it has none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port or PORTS[parts.scheme]) if parts.hostname else None
    except (ValueError, KeyError):
        return None


async def look_up(names: Mapping[str, str]) -> list[Lookup]:
    """names: who -> name."""
    return [await _look_up(who, name) for who, name in names.items()]


async def _look_up(who: str, name: str) -> Lookup:
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(8.0):
            await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        return Lookup(who=who, name=name, failed="no name server answered within 8 s")
    except (OSError, UnicodeError) as error:
        return Lookup(who=who, name=name, failed=getattr(error, "strerror", None) or str(error))
    return Lookup(who=who, name=name, took_s=round(time.monotonic() - began_s, 3))


async def connection_times(who: str, host: str, port: int) -> LatencyFacts:
    """The first one, which looks the name up, is not counted."""
    times_ms: list[float] = []
    failures = 0
    for number in range(CONNECTIONS + 1):
        took_ms = await _connect_ms(host, port)
        if took_ms is None:
            failures += 1
            if failures >= 3 and not times_ms:
                break  # nobody is there
        elif number:
            times_ms.append(round(took_ms, 1))
        await asyncio.sleep(PAUSE_S)
    return LatencyFacts(who=who, times_ms=tuple(times_ms), failures=failures)


async def _connect_ms(host: str, port: int) -> float | None:
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError, UnicodeError):
        return None
    took_ms = (time.monotonic() - began_s) * 1000
    writer.close()
    return took_ms
