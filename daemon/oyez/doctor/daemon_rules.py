"""What the running daemon and systemd tell of it, judged. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from oyez.doctor.facts import DaemonFacts, UnitFacts
from oyez_hw.doctor.finding import Finding, from_sentence
from oyez_hw.doctor.sound_rules import NOISY_DBFS

ASKED_OURSELVES = ("broker_away", "backend_away", "token_refused", "budget_spent", "budget_warned", "line_away")
"""Troubles that the doctor looks at itself."""
RESTARTS = 3
LOSSES_AN_HOUR = 10.0
"""Frames and xruns together. Our choice: one in six minutes is not heard."""
POOR_ERLE_DB = 5.0
"""docs/echo.md: working cancellers reach 10 to 25 dB."""
CONFIG_EXIT = 78


def judge_daemon(facts: DaemonFacts) -> Iterator[Finding]:
    if facts.unit is not None:
        yield from _judge_unit(facts.unit)
    if facts.state is not None:
        yield from _judge_state(facts.state, facts)


def _judge_unit(unit: UnitFacts) -> Iterator[Finding]:
    if unit.active == "failed":
        why = "the configuration is wrong" if unit.exit_code == CONFIG_EXIT else f"{unit.result}, code {unit.exit_code}"
        yield Finding(
            "daemon_failed",
            "trouble",
            f"The service oyez has ended and is not started again ({why}).",
            "The device is deaf and dumb.",
            "See `journalctl -u oyez -n 50`, mend it, then `sudo systemctl restart oyez`.",
        )
    elif unit.restarts >= RESTARTS:
        yield Finding(
            "daemon_restarts",
            "caution",
            f"The service oyez was started again {unit.restarts} times.",
            "Each time the device is deaf for some seconds.",
            "See why with `journalctl -u oyez`, and attach this report to an issue.",
        )


def _judge_state(state: Mapping[str, Any], facts: DaemonFacts) -> Iterator[Finding]:
    trouble = state.get("trouble")
    if isinstance(trouble, dict) and trouble.get("kind") not in ASKED_OURSELVES:
        meaning = "The running daemon says so."
        yield from_sentence(f"daemon_{trouble.get('kind')}", "trouble", str(trouble.get("sentence", "")), meaning)
    if state.get("muted") is True:
        yield Finding(
            "muted",
            "advice",
            "The microphone is muted.",
            "The device does not hear its wake word, as somebody wished.",
            "`oyez unmute`, or the switch in Home Assistant.",
        )
    if state.get("volume") == 0:
        yield Finding(
            "volume_zero", "advice", "The volume is 0.", "Nobody hears an answer.", "Turn it up, in Home Assistant too."
        )
    yield from _judge_hearing(state.get("hearing"), facts.up_s)
    device = state.get("device")
    running = device.get("version") if isinstance(device, dict) else None
    if running and facts.installed and running != facts.installed:
        yield Finding(
            "daemon_older",
            "advice",
            f"The daemon that runs is version {running}, and {facts.installed} is installed.",
            "What was mended since is not in force yet.",
            "`sudo systemctl restart oyez`.",
        )


def _judge_hearing(hearing: Any, up_s: float | None) -> Iterator[Finding]:
    if not isinstance(hearing, dict):
        return
    noise = hearing.get("noise_dbfs")
    if isinstance(noise, int | float) and noise > NOISY_DBFS:
        yield Finding(
            "noisy",
            "caution",
            f"The daemon hears {noise:.0f} dBFS of noise.",
            "Wake words are missed from a distance.",
            "Move the device away from fans and loudspeakers, or turn the capture gain down.",
        )
    erle = hearing.get("erle_db")
    if isinstance(erle, int | float) and erle < POOR_ERLE_DB:
        yield Finding(
            "poor_echo",
            "caution",
            f"The own voice is cancelled by {erle:.0f} dB only.",
            "The device may interrupt itself, and speech over an answer is heard badly.",
            "Turn the volume down; look whether the loudspeaker rattles; see docs/echo.md.",
        )
    lost = hearing.get("lost")
    counts = [one for one in lost.values() if isinstance(one, int)] if isinstance(lost, dict) else []
    if up_s and sum(counts) > max(1.0, up_s / 3600) * LOSSES_AN_HOUR:
        yield Finding(
            "sound_lost",
            "caution",
            f"Sound was lost {sum(counts)} times in {up_s / 3600:.1f} h.",
            "Words are missed.",
            "See what else keeps the processor busy (`top`), and connect a USB card without a hub.",
        )
