"""Oyez in the guest, run by its unit on the loop-back card: a mouth at the cable's other end, and its own trace."""

import json
import re
import time
from typing import Any

from tests.system.appliance import Appliance
from tests.system.guest import Guest

MOUTH, MICROPHONE = "hw:Loopback,0,0", "hw:Loopback,1,0"
LOUDSPEAKER = "hw:Loopback,0,1"
"""Two cables: what is played into MOUTH the daemon captures; what it plays goes into another one."""
CONFIG = f"""\
[device]
id = "kitchen"
[board]
name = "alsa"
capture_device = "{MICROPHONE}"
playback_device = "{LOUDSPEAKER}"
capture_rate_hz = 16000
capture_channels = 1
playback_rate_hz = 16000
playback_channels = 1
zeros_s = 0
[hearing]
echo_cancellation = false
[line]
backend_url = "http://127.0.0.1:9"
[home]
discovery = false
"""
"""Nobody answers: whether it hears is the question here. Zeros are the silence of this cable. No echo comes back by it,
and without an echo canceller an emulated processor has time for the rest."""
TRACE = "/run/oyez/trace"
UNIT = f"""\
[Service]
ExecStart=
ExecStart=/opt/oyez/bin/oyez run --config /etc/oyez/oyez.toml --trace {TRACE}
TimeoutStartSec=300
WatchdogSec=120
"""
"""The unit's own times are a real board's; this processor is emulated, on a machine that others use."""
PATIENCE_S = 300.0
LOOK_S = 40.0
"""Losses are told every half minute."""
Fact = dict[str, Any]


class Device:
    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._appliance = Appliance(guest)

    def start(self) -> None:
        """Returns when it listens."""
        since_s = self.now_s()
        self._appliance.set_up()
        self._appliance.configure(CONFIG)
        self._appliance.drop_in("oyez.service", UNIT)
        self.guest.run("systemctl start mosquitto; systemctl start --no-block oyez").check()
        self.said("Listening for", since_s)

    def well(self) -> bool:
        """It runs, and nothing is wrong with its card."""
        proof = self.guest.run("systemctl is-active -q oyez && cat /run/oyez/proof.json")
        return proof.code == 0 and not {"microphone", "loudspeaker"} & set(json.loads(proof.out)["troubles"])

    def too_slow(self) -> str:
        """The machine's fault and not Oyez': sound that it should hear is lost for want of time. Empty: there is time
        enough, though the loudspeaker may have stumbled while all began."""
        self.guest.run(f"sleep {LOOK_S:g}")
        life = "_SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID oyez)"
        told = self.guest.run(f"journalctl -o cat {life} | grep 'lost since the start' | tail -n 1").out.strip()
        lost = [name for name in re.findall(r"(\w+) \d+", told) if not name.startswith("playback")]
        return f"the guest is too slow at present: {told}" if lost else ""

    def stop(self) -> None:
        self._appliance.set_up()

    def now_s(self) -> float:
        """By the clock of its facts."""
        return float(self.guest.run("cut -d' ' -f1 /proc/uptime").check().out)

    def process(self) -> int:
        return int(self._appliance.show("MainPID"))

    def facts(self, since_s: float) -> list[Fact]:
        lines = self.guest.run(f"cat {TRACE}").check().out.splitlines()
        told: list[Fact] = [json.loads(line) for line in lines if line.endswith("}")]
        return [one for one in told if one["time_s"] >= since_s]

    def until(self, what: str, since_s: float, *, sentence: str = "", **fields: object) -> Fact:
        """The first fact since then of this name, with these fields and this pattern in its sentence."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            for one in self.facts(since_s):
                fits = one["what"] == what and all(one.get(name) == value for name, value in fields.items())
                if fits and re.search(sentence, one.get("sentence", "")):
                    return one
            assert time.monotonic() < ends, f"no {what} {sentence} {fields}:\n{self.story(since_s)}"
            time.sleep(1.0)

    def said(self, pattern: str, since_s: float) -> None:
        """Waits until the journal has it. since_s: as of now_s()."""
        lines = f"journalctl -b -u oyez -o short-monotonic | tr -d '[]' | awk '$1 >= {since_s}'"
        self.guest.until(f"{lines} | grep -qE '{pattern}'", PATIENCE_S)

    def story(self, since_s: float) -> str:
        """What it told since, and its last lines in the journal, for a failure's words."""
        facts = "\n".join(json.dumps(one)[:300] for one in self.facts(since_s))
        return facts + "\n" + self.guest.run("journalctl -u oyez -o short-precise | tail -n 40").out
