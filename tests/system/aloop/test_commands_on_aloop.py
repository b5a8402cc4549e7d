"""`oyez-hw` in the guest, on the kernel's card: what the driver was told is what is measured."""

import json
from typing import Any

import pytest

from tests.system.guest import Guest

DEVICES = "--capture-device hw:Loopback,1,0 --playback-device hw:Loopback,0,0"
CARD = f"{DEVICES} --rate 48000 --channels 2 --playback-rate 48000 --playback-channels 2"
LAG_MS = 12.0
"""snd-aloop carries sound over at each tick of the kernel, 4 ms apart here, and both ends see that late."""


def oyez_hw(guest: Guest, words: str, code: int = 0) -> dict[str, Any]:
    done = guest.run(f"/opt/oyez/bin/oyez-hw {words} --json", 240.0)
    assert done.code == code, f"{done.out}\n{done.err}"
    found: dict[str, Any] = json.loads(done.out.splitlines()[-1])
    return found


def turn_clocks(guest: Guest, ppm: int) -> None:
    """Of both ends: the driver counts its own time so much too slowly."""
    for end in (0, 1):
        control = f"iface=PCM,name='PCM Rate Shift 100000',device={end},subdevice=0"
        guest.run(f"amixer -q -c Loopback cset {control} {100_000 + ppm // 10}").check()


def test_list_names_the_card_and_both_its_ends(aloop: Guest) -> None:
    found = oyez_hw(aloop, "list")
    assert any("Loopback" in card for card in found["cards"])
    for part in ("capture", "playback"):
        assert {"hw:CARD=Loopback,DEV=0", "hw:CARD=Loopback,DEV=1"} <= set(found[part])


def test_latency_finds_no_drift_within_one_clock_and_only_the_driver_s_lag(aloop: Guest) -> None:
    found = oyez_hw(aloop, f"latency {CARD} --seconds 6")
    if not found["overruns"] + found["underruns"]:  # a busy machine's: what lies beyond one is left out
        assert found["heard"] >= found["chirps"] - 1
    assert found["drift_ppm"] == pytest.approx(0.0, abs=5.0)
    assert abs(found["unexplained_ms"]) < LAG_MS
    assert not found["inverted"]


def test_latency_finds_the_clock_that_the_driver_was_given(aloop: Guest) -> None:
    """A thousand parts in a million too slow, both ends: no drift between them, and a rate that is wrong."""
    turn_clocks(aloop, 1000)
    found = oyez_hw(aloop, f"latency {CARD} --seconds 6")
    assert found["drift_ppm"] == pytest.approx(0.0, abs=5.0)
    assert found["capture_clock_ppm"] == pytest.approx(-1000.0, abs=150.0)


def test_the_doctor_finds_nothing_wrong_with_a_cable_that_is_well(aloop: Guest) -> None:
    found = oyez_hw(aloop, f"doctor {CARD}")
    assert found["ok"], found["findings"]
    assert found["figures"]["sound"]["echo_clarity_db"] > 40.0


def test_the_doctor_says_that_nothing_but_zeros_come_where_nobody_plays(aloop: Guest) -> None:
    found = oyez_hw(aloop, "doctor --capture-device hw:Loopback,1,2 --playback-device hw:Loopback,0,3", code=1)
    assert [one["name"] for one in found["findings"]] == ["microphone_silent"]


def test_a_card_that_another_program_holds_is_refused_with_its_name(aloop: Guest) -> None:
    aloop.run(
        "systemd-run --quiet --unit=holder arecord -q -D hw:Loopback,1,0 -f S16_LE -r 48000 -c 2 /dev/null"
    ).check()
    aloop.until("grep -q owner_pid /proc/asound/Loopback/pcm1c/sub0/status")
    done = aloop.run(f"/opt/oyez/bin/oyez-hw latency {CARD} --seconds 2")
    aloop.run("systemctl stop holder").check()
    assert done.code == 1
    assert "in use by arecord (process " in done.err


def test_a_card_that_offers_only_another_rate_is_taken_at_that_rate(aloop: Guest) -> None:
    """The other end of the cable has set it: 44.1 kHz stereo, whatever is asked for here."""
    play = "aplay -q -D hw:Loopback,0,0 -f S16_LE -r 44100 -c 2 /dev/zero"
    aloop.run(f"systemd-run --quiet --unit=other-end {play}").check()
    aloop.until("grep -q owner_pid /proc/asound/Loopback/pcm0p/sub0/status")
    found = oyez_hw(aloop, "record --device hw:Loopback,1,0 --rate 16000 --channels 1 --seconds 1 /tmp/taken.wav")
    aloop.run("systemctl stop other-end").check()
    assert (found["rate_hz"], found["channels"]) == (44_100, 2)
