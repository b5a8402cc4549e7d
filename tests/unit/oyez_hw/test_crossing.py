"""The sound threads go first where the service manager lets them, and nowhere else."""

import shutil
import subprocess
import sys

import pytest

from oyez_hw.crossing import RTPRIO, Worker

ASK = "import os; from oyez_hw.crossing import go_first; print(go_first(), os.sched_getscheduler(0) & 0xff)"


def go_first_with(*limits: str) -> str:
    program = [sys.executable, "-c", ASK]
    return subprocess.run(["prlimit", *limits, *program], capture_output=True, text=True, check=True).stdout.strip()


def limit_can_be_raised() -> bool:
    if shutil.which("prlimit") is None:
        return False
    # Also refused by a control group without a budget of real time.
    raised = subprocess.run(["prlimit", f"--rtprio={RTPRIO}", "chrt", "--rr", str(RTPRIO), "true"], capture_output=True)
    return raised.returncode == 0


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="there is no prlimit on this machine")
def test_without_the_limit_a_thread_stays_as_usual_even_for_root() -> None:
    assert go_first_with("--rtprio=0") == "False 0"


@pytest.mark.skipif(not limit_can_be_raised(), reason="this machine grants nobody real time: see tests/system")
def test_with_the_limit_it_is_scheduled_round_robin() -> None:
    assert go_first_with(f"--rtprio={RTPRIO}") == "True 2"


def test_that_it_may_not_is_told_once_in_a_process_and_the_work_is_done() -> None:
    program = (
        "import logging; logging.basicConfig(level='INFO')\n"
        "from oyez_hw.crossing import Worker\n"
        "for name in 'ab': Worker(lambda: print('worked'), name, first=True).join()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("worked") == 2
    assert done.stderr.count("usual priority") <= 1


def test_a_thread_that_is_not_to_go_first_asks_for_nothing() -> None:
    did: list[int] = []
    Worker(lambda: did.append(1), "usual").join()
    assert did == [1]
