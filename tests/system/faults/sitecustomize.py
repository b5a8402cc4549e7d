"""Lets a test hang one organ of a daemon that runs under its own unit: Python imports this file at its start where
PYTHONPATH names its folder. On SIGUSR2 the organ that `/run/oyez/fault` names stands still, as a bug would let it.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from typing import Any

FOR_EVER_S = 1e6


def _stand_still(*_: Any) -> Any:
    threading.Event().wait()


def _capture() -> None:
    from oyez_hw.simulated import SimulatedMicrophone

    SimulatedMicrophone.read = _stand_still  # type: ignore[method-assign]


def _playback() -> None:
    from oyez_hw.simulated import SimulatedSpeaker

    SimulatedSpeaker.write = _stand_still  # type: ignore[method-assign]


def _scoring() -> None:
    from oyez.hearing.wake.bank import WakeBank

    WakeBank.hear = _stand_still  # type: ignore[method-assign]


def _conductor() -> None:
    from oyez import conductor

    conductor.IDLE_BEAT_S = FOR_EVER_S


def _loop() -> None:
    time.sleep(FOR_EVER_S)


def _interpreter() -> None:
    """A call into a library that does not let go of Python's lock."""
    ctypes.PyDLL(None).sleep(int(FOR_EVER_S))


def _memory() -> None:
    taken = []
    while True:
        taken.append(bytearray(os.urandom(1 << 20)))


def _tasks() -> None:
    """Whoever needs one next finds that there is none left."""
    with contextlib.suppress(RuntimeError):
        while True:
            threading.Thread(target=_stand_still, daemon=True).start()


FAULTS = {
    "capture": _capture,
    "playback": _playback,
    "scoring": _scoring,
    "conductor": _conductor,
    "loop": _loop,
    "interpreter": _interpreter,
    "memory": _memory,
    "tasks": _tasks,
}


def _strike(*_: Any) -> None:
    with open("/run/oyez/fault") as file:
        fault = file.read().strip()
    print(f"fault: {fault}", file=sys.stderr, flush=True)
    FAULTS[fault]()


signal.signal(signal.SIGUSR2, _strike)
