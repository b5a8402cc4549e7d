"""The measured process of `listen`: nothing is imported here before the clock runs. Prints one JSON object."""

import time

STARTED_S = time.perf_counter()

import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import AsyncIterator, Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import webrtcvad  # noqa: E402

from oyez.config import Hearing  # noqa: E402
from oyez.hearing.ears import Ears  # noqa: E402
from oyez.hearing.echo import EchoCanceller  # noqa: E402
from oyez.hearing.gate import Gate  # noqa: E402
from oyez.hearing.mixdown import Mono, mixdown  # noqa: E402
from oyez.hearing.preroll import Preroll  # noqa: E402
from oyez.hearing.reference import Reference  # noqa: E402
from oyez.hearing.resampling import Resampler  # noqa: E402
from oyez.hearing.tap import Tap  # noqa: E402
from oyez.hearing.wake import MicroWakeEngine  # noqa: E402
from oyez_hw.pcm import Frame  # noqa: E402

FRAME = 320
SILENCE = np.zeros((960, 2), np.int16)


def main() -> None:
    ears = Ears(Hearing(), lambda event: None, clock=time.monotonic)
    import_s = time.perf_counter() - STARTED_S
    path = Path(sys.argv[1])
    hours = path.stat().st_size / 2 / 16_000 / 3600
    begun_s = time.process_time()
    asyncio.run(ears.run(frames(ears, path)))
    spent_s = time.process_time() - begun_s
    rss_mb = resident_mb()  # before the stages build a second set of everything
    report = {"cpu_s_per_hour": spent_s / hours, "rss_mb": rss_mb, "import_s": import_s}
    part = np.fromfile(path, np.int16, count=16_000 * 120)
    print(json.dumps(report | {"stages": stages(part)}))


async def frames(ears: Ears, path: Path) -> AsyncIterator[Frame]:
    """Read piece by piece: the sound itself is not to count as memory."""
    at = 0
    with path.open("rb") as sound:
        while len(data := sound.read(FRAME * 2)) == FRAME * 2:
            ears.played(SILENCE, 48_000, at / 16_000)
            at += FRAME
            yield Frame(np.frombuffer(data, np.int16).reshape(-1, 1), 16_000, at / 16_000)
            await ears.settled()


def stages(sound: Mono) -> dict[str, float]:
    """CPU seconds an hour of each stage alone; the last three run only while the device is talked to or speaks."""
    vad, gate, engine = webrtcvad.Vad(2), Gate(120, 600, 240), MicroWakeEngine("hey_jarvis")
    preroll, reference, echo, tap = Preroll(2.0), Reference(), EchoCanceller(), Tap()
    to_ours = Resampler(48_000, 16_000)
    six = np.zeros((480, 6), np.int16)
    works: dict[str, Callable[[Mono, float], object]] = {
        "vad_gate": lambda block, s: gate.hear(vad.is_speech(block.tobytes(), 16_000)),
        "wake": lambda block, s: engine.score(block),
        "preroll": lambda block, s: preroll.put(block, s),
        "reference_silent": lambda block, s: reference.take(160, s),
        "mixdown_resample_48k_6ch": lambda block, s: to_ours.feed(mixdown(six)),
        "echo_while_speaking": lambda block, s: echo.cancel(block, block),
        "tap_while_open": lambda block, s: tap.feed(block),
    }
    return {name: cpu_s_per_hour(sound, work) for name, work in works.items()}


def cpu_s_per_hour(sound: Mono, work: Callable[[Mono, float], object]) -> float:
    begun_s = time.process_time()
    for at in range(0, len(sound) - 159, 160):
        work(sound[at : at + 160], at / 16_000)
    return (time.process_time() - begun_s) * 3600 * 16_000 / len(sound)


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("the kernel does not tell this process's memory: /proc/self/status has no VmRSS")


if __name__ == "__main__":
    main()
