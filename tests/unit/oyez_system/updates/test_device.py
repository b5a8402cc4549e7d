"""What the updater asks of the device, and has done to it."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from oyez_system.proof import Proof
from oyez_system.updates import device as device_module
from oyez_system.updates.device import Device


def proof(since_boot_s: float) -> Proof:
    return Proof("1.0.0", since_boot_s, True, True, True, True, broker=True)


def exits(code: int) -> tuple[str, ...]:
    return (sys.executable, "-c", f"raise SystemExit({code})")


@pytest.mark.parametrize(("code", "known"), [(0, True), (1, False), (69, None), (78, False), (70, False)])
def test_the_self_test_is_believed_by_its_exit_code(code: int, known: bool | None) -> None:
    assert Device(self_test=exits(code)).knows_wake_word() is known


def test_the_daemons_own_settings_are_tested_and_not_those_of_the_updaters_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "oyez"
    program.write_text(f'#!/bin/sh\necho "$*" >{tmp_path}/asked\n')
    program.chmod(0o755)
    monkeypatch.setattr(device_module, "OYEZ", program)
    monkeypatch.setattr(device_module, "USER", pwd.getpwuid(os.geteuid()).pw_name)
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/oyez-system")
    assert Device().knows_wake_word() is True
    assert (tmp_path / "asked").read_text() == "self-test --state /var/lib/oyez\n"


def test_a_self_test_that_cannot_be_run_is_one_that_failed() -> None:
    assert Device(self_test=("no-such-command-here",)).knows_wake_word() is False


def test_a_proof_counts_while_it_is_fresh(tmp_path: Path) -> None:
    file, now_s = tmp_path / "proof.json", time.clock_gettime(time.CLOCK_BOOTTIME)
    device = Device(file)
    assert device.proof() is None
    file.write_bytes(msgspec.json.encode(proof(now_s - 1.0)))
    assert device.proof() == proof(now_s - 1.0)
    file.write_bytes(msgspec.json.encode(proof(now_s - 60.0)))
    assert device.proof() is None
    file.write_bytes(msgspec.json.encode(proof(now_s + 3600.0)))
    assert device.proof() is None


RESTARTED = """
import os, signal, sys
from oyez_system.updates.device import Device
Device(reboot=(sys.executable, "-c", "import os, signal; os.kill(os.getppid(), signal.SIGTERM)")).restart()
print("went on")
"""
REFUSED = """
import os, signal, sys
from oyez_system.updates.device import Device
from oyez_system.updates.refusal import Refused
try:
    Device(reboot=(sys.executable, "-c", "raise SystemExit(1)")).restart()
except Refused as error:
    print(error, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
"""


def ended(program: str) -> tuple[int, str]:
    """(exit code, what it printed) of a process of its own: what it makes of signals is for the whole process."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_restart_that_it_asked_for_does_not_end_it_as_a_failure() -> None:
    """Systemd ends a job by SIGTERM, which for one that runs once counts as a failure."""
    assert ended(RESTARTED) == (0, "went on\n")


def test_a_restart_that_is_refused_is_a_sentence_and_the_process_can_be_ended_as_ever() -> None:
    code, said = ended(REFUSED)
    assert "switch it off and on" in said
    assert code == -signal.SIGTERM
