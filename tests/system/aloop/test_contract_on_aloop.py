"""The contract of every board (tests/hardware), run inside the guest on a card whose driver is the kernel's.

Each of its tests is told as a subtest. What the card cannot have is named here: anything else that skips is a failure.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.system.guest import Guest

SUITES = ("test_contract.py", "test_threads_on_boards.py")
MEASURING = "test_loop_back.py"
"""Half a minute of emulated processor: in one format."""
MEASURED = "48 kHz stereo"
TOO_SLOW = "echo_of_a_reply"
"""It would speak a story first."""
FORMATS = {
    "16 kHz mono": "16000,1",
    "48 kHz stereo": "48000,2",
    "16 kHz, six channels": "16000,6",
    "48 kHz stereo, 32 bit": "48000,2,32",
}
"""Both ends of snd-aloop's cable run at one rate, with as many channels and as many bits."""
LEFT_OUT = ("a mouth", "a simulated Room", "--rig with [")
"""Reasons that are right here: nobody speaks beside the loudspeaker, no air is known, no bench stands around it."""
AT_LEAST = 12
"""So many tests must have run: a suite that skips itself proves nothing."""
PATIENCE_S = 600.0


@dataclass(frozen=True)
class Case:
    name: str
    outcome: str
    """passed, failed or skipped."""
    words: str
    """Why, where it did not pass."""


def cases_in(report: str) -> list[Case]:
    """Of a junit file."""
    cases = []
    for case in ElementTree.fromstring(report).iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name', '')}"
        bad = next((child for child in case if child.tag in ("failure", "error")), None)
        skipped = case.find("skipped")
        if bad is not None:
            cases.append(Case(name, "failed", bad.text or bad.get("message") or ""))
        elif skipped is not None:
            cases.append(Case(name, "skipped", skipped.get("message") or ""))
        else:
            cases.append(Case(name, "passed", ""))
    return cases


@pytest.mark.parametrize("name", FORMATS)
def test_the_contract_of_every_board_holds_on_a_card_of_the_kernel(
    name: str, aloop: Guest, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    words = [
        *("/opt/oyez/bin/python", "-m", "pytest", "-p", "no:cacheprovider", "-q", "--timeout=300"),
        *("--junitxml=/tmp/aloop.xml", "-o", "junit_family=xunit1", "-k", f"'not {TOO_SLOW}'"),
        *(f"tests/hardware/{suite}" for suite in (*SUITES, *([MEASURING] if name == MEASURED else []))),
        *("--board", "aloop", "--capture-device", "hw:Loopback,1,0", "--playback-device", "hw:Loopback,0,0"),
        *("--capture-format", FORMATS[name], "--playback-format", FORMATS[name], "--loop", "digital"),
        *("--rig", "tests/system/aloop/rig.toml"),
    ]
    done = aloop.run(f"rm -f /tmp/aloop.xml; cd /srv/oyez && {' '.join(words)}", PATIENCE_S)
    assert done.code in (0, 1), f"pytest could not run in the guest:\n{done.out[-4000:]}\n{done.err[-2000:]}"
    cases = cases_in(aloop.get("/tmp/aloop.xml", tmp_path).read_text())
    for case in cases:
        with subtests.test(case.name):
            if case.outcome == "skipped":
                assert re.search("|".join(map(re.escape, LEFT_OUT)), case.words), f"skipped: {case.words}"
                pytest.skip(case.words)
            assert case.outcome == "passed", case.words
    assert sum(case.outcome == "passed" for case in cases) >= AT_LEAST
