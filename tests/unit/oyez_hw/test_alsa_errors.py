"""What the C library of ALSA prints by itself does not come between what we say; what fails is still told."""

import subprocess
import sys

import pytest

pytest.importorskip("alsaaudio", reason="pyalsaaudio is not installed: extra `board`")

FAILING = """
import sys
import alsaaudio
from oyez_hw.alsa_errors import hush
if sys.argv[1] == "hushed":
    hush()
for ask in (lambda: alsaaudio.PCM(device="nowhere"), lambda: alsaaudio.mixers(device="hw:CARD=Nowhere")):
    try:
        ask()
    except alsaaudio.ALSAAudioError as error:
        print(error)
"""


def after(word: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, since a handler is for ever."""
    return subprocess.run([sys.executable, "-c", FAILING, word], capture_output=True, text=True, check=True)


def test_hushed_the_library_prints_nothing_and_fails_with_the_same_words() -> None:
    loud, hushed = after("loud"), after("hushed")
    assert "ALSA lib" in loud.stderr
    assert hushed.stderr == ""
    assert hushed.stdout == loud.stdout
    assert len(hushed.stdout.splitlines()) == 2
