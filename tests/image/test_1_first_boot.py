"""A new device: what it makes of a bad oyez.toml, and of a good one."""

from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from tests.doubles.recordings import wake_word
from tests.doubles.speech import say
from tests.image import room
from tests.image.card import Card
from tests.image.checks import CHECKS, Check, judged, times
from tests.image.conftest import SECRETS, WRONG_PASSWORD, Beginning, Settled
from tests.image.device import Device
from tests.image.house import House
from tests.image.logbook import Logbook

PEOPLE = 5


def test_every_mistake_is_written_beside_the_file_in_plain_words(beginning: Beginning) -> None:
    assert "Nothing of the file was taken in" in beginning.problems
    for mistake in ("password", "port", "speeking"):
        assert mistake in beginning.problems
    assert "Mend the file" in beginning.problems
    assert beginning.bad_file_stayed


def test_a_mistake_is_told_without_the_secret_that_holds_it(beginning: Beginning) -> None:
    assert not any(secret in beginning.problems for secret in (*SECRETS.values(), WRONG_PASSWORD))


def test_a_mistake_is_said_aloud_where_usb_has_the_only_loudspeaker(beginning: Beginning) -> None:
    """As loud as it left the kernel."""
    assert "mistake_in_file" in beginning.said
    assert beginning.sounded_s > 1.0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.what.replace(" ", "_"))
def test_on_a_device_that_is_ready(check: Check, device: Device) -> None:
    row = judged(check, device.run(check.command).out)
    assert not row.wrong, f"{check.what}: {row.wrong}"


def test_secrets_are_gone_from_the_boot_partition_to_the_last_byte(settled: Settled, card: Card, house: House) -> None:
    """What was deleted can be read on any computer, so it was overwritten."""
    settled.device.run("sync -f /boot/firmware").check()
    assert card.holds(*SECRETS.values(), house.world.device_key) == []


def test_secrets_are_where_the_daemon_is_given_them(device: Device, house: House) -> None:
    assert device.run("cat /etc/credstore/oyez.device_key").check().out == house.world.device_key
    assert device.run("grep -rlF -e oyez_ /data/etc/oyez /data/var/lib/oyez").out == ""


def test_the_device_told_the_broker_who_it_is(house: House, device: Device) -> None:
    state = house.told("state")
    assert state["device"]["version"] == device.run(". /etc/os-release; echo $IMAGE_VERSION").out.strip()
    assert state["trouble"] is None


def test_how_long_a_start_takes_and_whose_share_it_is(settled: Settled, logbook: Logbook) -> None:
    """A bound on seconds would be a bound on the machine that emulates; what is measured is written down."""
    device = settled.device
    journal = device.run("journalctl -b -u oyez -o short-monotonic --no-pager").check().out
    began_s, ready_s = (moment(journal, f"{what} oyez.service") for what in ("Starting", "Started"))
    rows = times(device.run("systemd-analyze time").out, ready_s)
    logbook.note("; ".join(f"{row.what}: {row.seen}" for row in rows))
    boot_s = device.boots()[-1].reached_s["kernel"]
    told = {
        "U-Boot": boot_s,
        "kernel and Debian, until the daemon was begun": began_s,
        "the daemon, until it was ready": ready_s - began_s,
        "until somebody was heard": settled.first_wake_s - boot_s - ready_s,
    }
    shares = ", ".join(f"{what} {seconds:.1f}" for what, seconds in told.items())
    logbook.note(
        f"from power to the first wake word of which the broker was told: {settled.first_wake_s:.1f} s ({shares})"
    )
    assert ready_s > began_s > 0.0


def moment(journal: str, what: str) -> float:
    """Seconds since the kernel's start, of the first line with this."""
    return float(next(line for line in journal.splitlines() if what in line).partition("]")[0].strip(" ["))


def test_it_answers_who_calls_it(device: Device, house: House, logbook: Logbook) -> None:
    """A person's wake word and a spoken order through the kernel's card, a voice service on the host: the order is
    understood, and the reply sounds. Who gets no answer says it again, in a minute's time: an emulated processor falls
    behind."""
    after = house.now
    recording = "/run/room/heard.raw"
    device.run(f"{room.LISTEN} -d 300 {recording} >/dev/null 2>&1 & echo $! > /run/room/listens").check()
    wake = called(device, house, after)
    state = house.told("state", lambda told: "light" in told["last_heard"].lower(), after=after)
    house.told("state", lambda told: told["state"] == "idle" and bool(told["last_said"]), after=after)
    device.run("kill $(cat /run/room/listens)")
    sounded_s = room.sounding_s(room.LOUDSPEAKER_RATE_HZ, 2, device.get_bytes(recording))
    xruns = device.run("journalctl -b -u oyez -o cat --no-pager | grep -ci xrun").out.strip()
    logbook.note(
        f"wake word at {wake['score']:.2f}, heard {state['last_heard']!r}, the loudspeaker sounded for "
        f"{sounded_s:.1f} s, lines about xruns in the daemon's journal: {xruns}"
    )
    assert sounded_s > 0.5


def called(device: Device, house: House, after: int) -> dict[str, Any]:
    """What the broker was told of the wake word that was heard."""
    pause = np.zeros(room.RATE_HZ // 4, np.int16)
    order = room.at_room_rate(*say("Turn on the kitchen light."))
    for person in range(PEOPLE):
        device.put_bytes(room.SAID, room.said(wake_word("alexa", person), pause, order))
        with suppress(AssertionError):
            return house.told("event/wake", after=after, timeout_s=60.0)
    raise AssertionError(f"{PEOPLE} people said the wake word: {house.all_told('event/near_miss', after)}")
