"""How what a device prints is judged: each check can hold, and can fail."""

import pytest

from tests.image.checks import CHECKS, Row, judged, seconds, table, times
from tests.image.console import Boot
from tests.image.logbook import Logbook

GOOD = {
    "the daemon is ready": "active\n",
    "the daemon proves that it hears, plays and reaches its services": '{"microphone": true, "scoring": true, '
    '"loudspeaker": true, "conductor": true, "broker": true, "token": null, "troubles": []}',
    "no unit has failed": "",
    "this start counts as good": "active\n",
    "the system cannot be written to": "touch: cannot touch '/etc/x': Read-only file system\n",
    "the data partition reaches to the end of the card": "resize2fs 1.47.2\nThe filesystem is already 1 blocks long.  "
    "Nothing to do!\n",
    "all that is kept is kept on the card": "ext4\n",
    "nobody can log in with a password": "",
    "no port is open but SSH": "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\nudp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\n"
    "udp UNCONN 0 0 10.0.2.15%eth0:68 0.0.0.0:*\nudp UNCONN 0 0 [::]:5353 [::]:*\n",
    "secrets are for root alone": "700 root\n",
    "no oyez.toml waits on the boot partition": "",
    "the journal has a bound": "[Journal]\nSystemMaxUse=64M\n",
    "RAUC knows two systems, and the one that runs is good": '[{"a":{"state":"booted","boot_status":"good"}}]',
    "the clock is no earlier than the image": "2026-11-21T21:00:00+00:00\n",
}
BAD = {
    "the daemon is ready": "activating\n",
    "the daemon proves that it hears, plays and reaches its services": '{"microphone": false, "troubles": ["deaf"]}',
    "no unit has failed": "oyez.service loaded failed failed Oyez\n",
    "this start counts as good": "inactive\n",
    "the system cannot be written to": "",
    "the data partition reaches to the end of the card": "resizing\n",
    "all that is kept is kept on the card": "tmpfs\n",
    "nobody can log in with a password": "$y$hash\n",
    "no port is open but SSH": "tcp LISTEN 0 128 [::]:1883 [::]:*\n",
    "secrets are for root alone": "/data/etc/credstore/oyez.device_key\n700 root\n",
    "no oyez.toml waits on the boot partition": "/boot/firmware/oyez.toml\n",
    "the journal has a bound": "[Journal]\n",
    "RAUC knows two systems, and the one that runs is good": "{}",
    "the clock is no earlier than the image": "",
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.what)
def test_each_check_tells_what_holds_from_what_does_not(check: object) -> None:
    (found,) = [one for one in CHECKS if one is check]
    assert judged(found, GOOD[found.what]).wrong == ""
    assert judged(found, BAD[found.what]).wrong != ""


def test_a_daemon_that_says_nothing_has_proved_nothing() -> None:
    assert "nothing" in judged(CHECKS[1], "").wrong


def test_times_are_read_out_of_what_systemd_prints() -> None:
    rows = times("Startup finished in 4.511s (kernel) + 1min 32.104s (userspace) = 1min 36.615s", 50.0)
    assert [(row.what, row.seen) for row in rows] == [
        ("time of the kernel", "4.5 s"),
        ("time of the userspace", "92.1 s"),
        ("from the kernel's start until the daemon was ready", "50.0 s"),
    ]
    assert seconds("310ms") == pytest.approx(0.31)


def test_a_table_shows_what_is_wrong_in_the_place_of_what_was_seen() -> None:
    page = table([Row("it holds", "a|b", ""), Row("it does not", "seen", "broken")])
    assert "| it holds | yes | a\\|b |" in page
    assert "| it does not | **no** | broken |" in page


def test_the_log_of_boots_names_each_start_its_slot_and_its_milestones() -> None:
    book = Logbook(100.0)
    book.add("an update", [Boot(110.0, "B", "3 0", {"U-Boot": 0.0, "slot": 2.1}), Boot(150.0, "A", "2 0", {})])
    book.note("something was measured")
    page = book.page()
    assert "| 10 | an update | B 3 0 | 2.1 |" in page
    assert "| 50 | ... start 2 | A 2 0 |" in page
    assert "- something was measured" in page
