"""A daemon under its own unit in a container or a guest: set up, struck by faults, and asked how it is."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tests.system.shell import Result

CONFIG = """\
[device]
id = "kitchen"
[board]
name = "simulated"
[hearing]
idle_gating = false
[home]
discovery = false
"""
"""Without idle gating the models are asked all the time, and so their worker can hang in a quiet room too."""
STATE = "oyez/kitchen/state"
FAULTS = "/srv/oyez/tests/system/faults"
PROVED_S, CONNECTED_S = 60.0, 120.0
SAID_S = 10.0
"""From the connection until the first document is there, at most."""
DROP_IN = "/run/systemd/system/{unit}.d/50-test.conf"


class Machine(Protocol):
    """Container or guest."""

    def run(self, command: str, timeout_s: float = 120.0) -> Result: ...

    def write(self, place: str, text: str) -> None: ...

    def until(self, command: str, timeout_s: float = 60.0, pause_s: float = 0.5) -> Result: ...


class Appliance:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def set_up(self) -> None:
        """As after the installation: users, folders, a configuration; nothing runs, nothing is remembered."""
        self.machine.run(
            "systemctl stop oyez-rescue oyez mosquitto; rm -rf /run/systemd/system/oyez*.d;"
            " systemctl daemon-reload; systemctl reset-failed;"
            " rm -rf /run/oyez /run/oyez-volatile /var/lib/oyez /var/lib/oyez-system /etc/credstore;"
            " rm -f /var/lib/mosquitto/*; systemd-sysusers; systemd-tmpfiles --create 2>/dev/null; true"
        ).check()
        self.configure(CONFIG)
        self.drop_in("oyez.service", f"[Service]\nEnvironment=PYTHONPATH={FAULTS}\n")

    def configure(self, text: str) -> None:
        self.machine.write("/etc/oyez/oyez.toml", text)

    def drop_in(self, unit: str, text: str) -> None:
        """Lasts until the next set_up()."""
        place = DROP_IN.format(unit=unit)
        told = self.machine.run(f"cat {place}").out
        self.machine.write(place, told + text)
        self.machine.run("systemctl daemon-reload").check()

    def start(self) -> None:
        """Returns when it is ready."""
        self.machine.run("systemctl start oyez", 400.0).check()

    def strike(self, fault: str) -> None:
        """One of faults/sitecustomize.py."""
        self.machine.write("/run/oyez/fault", fault)
        self.machine.run("kill -USR2 $(systemctl show -P MainPID oyez)").check()

    def show(self, what: str, unit: str = "oyez.service") -> str:
        return self.machine.run(f"systemctl show -P {what} {unit}").out.strip()

    @contextmanager
    def restarted(self, within_s: float = 90.0) -> Iterator[list[float]]:
        """What is done inside leads to another life, which is ready. Gives the seconds that it took."""
        restarts, took_s, since = int(self.show("NRestarts")), list[float](), time.monotonic()
        yield took_s
        self.machine.until(
            f"[ $(systemctl show -P NRestarts oyez) -gt {restarts} ] && systemctl is-active -q oyez", within_s, 0.2
        )
        took_s.append(time.monotonic() - since)

    def journal(self, unit: str = "oyez.service") -> str:
        return self.machine.run(f"journalctl --no-pager -o cat _SYSTEMD_UNIT={unit} + UNIT={unit}").out

    def broker(self) -> None:
        self.machine.run("systemctl start mosquitto").check()

    def state(self, timeout_s: float = 30.0, **wanted: Any) -> dict[str, Any]:
        """The retained document, as soon as it has these."""
        ends = time.monotonic() + timeout_s
        while True:
            told = self.machine.run(f"mosquitto_sub -W 2 -C 1 -t {STATE}").out
            document: dict[str, Any] = json.loads(told) if told.strip() else {}
            if document and all(document.get(key) == value for key, value in wanted.items()):
                return document
            assert time.monotonic() < ends, f"no state with {wanted} in {timeout_s:g} s, but {document}"

    def connected(self) -> None:
        """Returns when the life that runs has found the broker."""
        ends = time.monotonic() + CONNECTED_S
        while not (proof := self.proof())["broker"]:
            assert time.monotonic() < ends, f"it has not found the broker: {proof}"
            time.sleep(0.2)

    def until_trouble(self, words: str, timeout_s: float = 30.0) -> str:
        """The sentence of the trouble that MQTT keeps, as soon as its kind or its sentence has these words."""
        ends = time.monotonic() + timeout_s
        while words not in json.dumps(trouble := self.state()["trouble"] or {}):
            assert time.monotonic() < ends, f"no trouble with {words!r} in {timeout_s:g} s, but {trouble}"
            time.sleep(0.2)
        return str(trouble["sentence"])

    def last_end(self) -> str:
        """Why the last life ended, as this one tells it by MQTT; empty: there was none."""
        self.connected()
        ends = time.monotonic() + SAID_S
        while not (end := self.state().get("device", {}).get("last_end")) and time.monotonic() < ends:
            time.sleep(0.2)
        return str(end["why"]) if end else ""

    def proof(self) -> dict[str, Any]:
        """Of the life that runs: what the one before left behind is another's."""
        ready_s = int(self.show("ActiveEnterTimestampMonotonic")) / 1e6
        ends = time.monotonic() + PROVED_S
        while True:
            told = self.machine.run("cat /run/oyez/proof.json").out
            proof: dict[str, Any] = json.loads(told) if told else {}
            if proof and proof["since_boot_s"] > ready_s:
                return proof
            assert time.monotonic() < ends, f"it proves nothing within {PROVED_S:g} s: {proof}"
            time.sleep(0.2)
