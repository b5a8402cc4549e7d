"""What the updater has done to the device and asks of it. A shell."""

import logging
import pwd
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from oyez_system import proof
from oyez_system.proof import Proof
from oyez_system.updates.baseline import fresh
from oyez_system.updates.refusal import Refused

log = logging.getLogger(__name__)

OYEZ = Path("/opt/oyez/bin/oyez")
STATE = Path("/var/lib/oyez")
"""The daemon's, with what the household has set and taught it; STATE_DIRECTORY is that of the unit that we run in."""
USER = "oyez"
SELF_TEST_S = 120.0
NOTHING_TO_TEST = 69
"""As `oyez self-test` exits without a recording of a word that it listens for."""
REBOOT = ("systemctl", "reboot")


class Device:
    def __init__(
        self, proof_file: Path = proof.FILE, self_test: Sequence[str] = (), reboot: Sequence[str] = REBOOT
    ) -> None:
        """self_test: the command; empty: the daemon's own, as the daemon's own user."""
        self._proof_file, self._reboot = proof_file, tuple(reboot)
        self._self_test = tuple(self_test)

    def since_boot_s(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def proof(self) -> Proof | None:
        """Of now; None: the daemon does not write one."""
        return fresh(proof.read(self._proof_file), self.since_boot_s())

    def knows_wake_word(self) -> bool | None:
        """A recorded one, through the daemon's own ears. None: there is nothing to test it with. Blocks."""
        command = self._self_test or (str(OYEZ), "self-test", "--state", str(STATE))
        user = None if self._self_test else USER
        try:
            if user is not None:
                pwd.getpwnam(user)
            done = subprocess.run(
                command, user=user, group=user, extra_groups=None if user is None else [],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=SELF_TEST_S,
                check=False,
            )  # fmt: skip
        except (OSError, KeyError, subprocess.SubprocessError) as error:
            log.warning("The wake word could not be tested: %s", error)
            return False
        log.info("Test of the wake word: %s", (done.stdout + done.stderr).strip()[-500:] or done.returncode)
        return None if done.returncode == NOTHING_TO_TEST else done.returncode == 0

    def restart(self) -> None:
        """Returns, so that the process ends by itself and well. Raises Refused.

        SIGTERM is no longer heeded then, by what asks for the restart neither: it is how systemd carries that out, and
        would count as a failure. At any other time it is one.
        """
        log.warning("The device is restarted.")
        heeded = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            subprocess.run(self._reboot, stdin=subprocess.DEVNULL, check=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            signal.signal(signal.SIGTERM, heeded)
            raise Refused(
                "slot",
                f"The device could not be restarted ({error}), so the version that runs goes on: switch it off and on.",
            ) from None
