"""Oyez under its unit on a card whose driver is the kernel's: it says what befalls the card, and goes on by itself.

A trouble is over when sound has come again, and not when the card could be opened (docs/healing.md). The figures are
the guest's: its processor is emulated, and twelve times slower than the host's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.system.aloop.conftest import PLUG
from tests.system.aloop.device import MICROPHONE, MOUTH, Device
from tests.system.fault_table import FaultTable

WAKE = "/srv/shared/data/dev/wake/hey_jarvis"
SAY = f"""
import numpy as np, soundfile
from pathlib import Path
rng = np.random.default_rng(1)
parts = []
for clip in sorted(Path("{WAKE}").glob("*.flac"))[:2]:
    sound, rate_hz = soundfile.read(clip, dtype="int16")
    parts += [np.zeros(rate_hz, np.int16), sound, np.zeros(2 * rate_hz, np.int16)]
sound = np.concatenate(parts).astype(np.float64)
soundfile.write("/run/wake.wav", np.clip(sound + rng.normal(0, 8, len(sound)), -32768, 32767).astype(np.int16), rate_hz)
"""
"""Two people say the wake word, in a room that is not quite silent."""
TRIES = 5


@dataclass(frozen=True)
class Mishap:
    begin: str
    end: str
    says: str
    """A pattern of the sentence."""


def taken_first(program: str, end: str) -> str:
    """The card comes back while Oyez is held still, and this program is sooner. end: of the cable, as the kernel calls
    it."""
    again = "--property=Restart=always --property=RestartSec=0.2 --property=StartLimitIntervalSec=0"
    hold = f"systemd-run --quiet --collect --unit=mishap {again} {program}"
    closed = "while pgrep -x tee >/dev/null; do sleep 0.1; done"  # the kernel is done with the old card
    taken = f"until grep -q RUNNING /proc/asound/Loopback/{end}/sub0/status; do sleep 0.1; done"
    return f"set -e; {PLUG} out; {closed}; systemctl freeze oyez; {PLUG} in; {hold}; {taken}; systemctl thaw oyez"


LET_GO = "systemctl stop mishap"
MISHAPS = {
    "unplugged, its driver loaded anew": Mishap(f"{PLUG} out", f"modprobe -r snd-aloop; {PLUG} in", "gone|plug"),
    "another program holds it": Mishap(
        taken_first(f"arecord -q -D {MICROPHONE} -f S16_LE -r 16000 -c 1 -t raw /dev/null", "pcm1c"),
        LET_GO,
        "in use by",
    ),
    "in a format that nobody knows": Mishap(
        taken_first(f"aplay -q -D {MOUTH} -f FLOAT_LE -r 16000 -c 1 /dev/zero", "pcm0p"),
        LET_GO,
        "FLOAT_LE|does not run as it was asked",
    ),
}


def test_it_hears_the_wake_word_that_is_played_into_the_other_end_of_the_cable(
    device: Device, record_property: Callable[[str, object], None]
) -> None:
    """Who gets no answer says it again. First in this file: sound that was lost until now was lost for want of time."""
    device.guest.run(f"/opt/oyez/bin/python -c '{SAY}'").check()
    since_s = device.now_s()
    for _ in range(TRIES):
        device.guest.run(f"aplay -q -D {MOUTH} /run/wake.wav").check()
        if woken := [one for one in device.facts(since_s) if one["what"] == "WakeHeard"]:
            record_property("wake_heard_after_s", round(woken[0]["time_s"] - since_s, 1))
            return
    if why := device.too_slow():
        pytest.skip(why)
    raise AssertionError(f"deaf: the wake word was said {2 * TRIES} times\n{device.story(since_s)}")


@pytest.mark.parametrize("name", MISHAPS)
def test_it_says_what_befell_its_card_and_sound_comes_again_in_the_same_life(
    name: str, device: Device, faults: FaultTable
) -> None:
    mishap, life, begun_s = MISHAPS[name], device.process(), device.now_s()
    device.guest.run(mishap.begin, 180.0).check()
    told = device.until("TroubleFound", begun_s, kind="microphone", sentence=mishap.says)
    ended_s = device.now_s()
    device.guest.run(mishap.end).check()
    well = device.until("TroubleGone", ended_s, kind="microphone")
    assert device.process() == life, "it was restarted"
    faults.note(f"kernel card: {name}", "guest", well["time_s"] - ended_s, told["sentence"].partition(": ")[0])


def test_overruns_are_counted_and_are_no_trouble(device: Device) -> None:
    """For a second the processor is another's: longer than the card's buffer lasts."""
    life, begun_s = device.process(), device.now_s()
    device.guest.run("systemctl kill --signal=STOP oyez; sleep 1.5; systemctl kill --signal=CONT oyez").check()
    device.said("capture_overruns [1-9]", begun_s)
    assert device.process() == life
    told = [one for one in device.facts(begun_s) if one["what"] == "TroubleFound" and one["kind"] == "microphone"]
    assert not told
