"""What systemd is told: READY, STATUS, WATCHDOG, STOPPING; and the task that feeds the watchdog while all are alive.

The watchdog is not a proof that the process runs but that it does its work: who is silent too long starves it, and
systemd starts the daemon anew (sd_notify(3), sd_watchdog_enabled(3)).
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping

from oyez.liveness import Liveness

log = logging.getLogger(__name__)

DEFAULT_INTERVAL_S = 5.0
"""Between two looks where no watchdog is set."""

Send = Callable[[str], None]


class Notifier:
    """Says things to the service manager; without one it says nothing. Call on the loop's thread."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = ""

    def ready(self) -> None:
        self._send("READY=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """One line for `systemctl status`; said only when it changed."""
        line = " ".join(sentence.split())
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")


def notifier(environ: Mapping[str, str]) -> Notifier:
    """By libsystemd where its binding is installed, else over the socket; silent without NOTIFY_SOCKET."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return Notifier(lambda text: None)
    # libsystemd reads the process's own environment and no other.
    if environ.get("NOTIFY_SOCKET") == os.environ.get("NOTIFY_SOCKET"):
        try:
            from systemd.daemon import notify
        except ImportError:
            log.debug("systemd-python is not installed: notifying over the socket")
        else:
            return Notifier(lambda text: _survive(lambda: notify(text)))
    return Notifier(lambda text: _survive(lambda: send_datagram(address, text)))


def send_datagram(address: str, text: str) -> None:
    """One sd_notify datagram. `@name` is the abstract namespace. Never blocks; raises OSError."""
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        sender.sendto(text.encode(), address)


def _survive(say: Callable[[], object]) -> None:
    """A word to systemd that is lost must not stop the sound; if it stays lost, the watchdog acts."""
    try:
        say()
    except OSError as error:
        log.warning("The service manager could not be notified (%s); if this stays so, it will restart Oyez.", error)


def watchdog_interval_s(environ: Mapping[str, str], pid: int) -> float | None:
    """A third of WATCHDOG_USEC, if the watchdog is set and meant for `pid`; else None."""
    if environ.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    usec = environ.get("WATCHDOG_USEC", "")
    if not (usec.isascii() and usec.isdigit()) or int(usec) == 0:
        return None
    return int(usec) / 3_000_000


async def supervise(
    notifier: Notifier,
    liveness: Liveness,
    clock: Callable[[], float],
    interval_s: float,
    status: Callable[[], str] = lambda: "",
    missed: Callable[[list[str]], None] = lambda silent: None,
) -> None:
    """For ever: READY once every organ has given proof, then WATCHDOG while none is silent, STATUS when it changed.

    clock: monotonic seconds, the one of the beats. status: a line for `systemctl status` while all is well. missed: is
    told who is silent, at each look while somebody is, and once when nobody is any more: whoever the watchdog ends
    cannot say why.
    """
    ready = False
    known: list[str] = []
    while True:
        silent = liveness.verdict(clock())
        if not ready and not silent and liveness.complete():
            ready = True
            notifier.ready()
        if silent:
            notifier.status("; ".join(silent))
            if not known:
                log.error("%s. The watchdog is not fed until it is back.", "; ".join(silent))
        else:
            notifier.alive()
            notifier.status(status())
            if known:
                log.info("All organs are alive again.")
        if silent or known:
            missed(silent)
        known = silent
        await asyncio.sleep(interval_s)
