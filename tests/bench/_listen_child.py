"""The measured process of `listen`: nothing is imported here before the clock runs. Prints one JSON object.

python -m tests.bench._listen_child RAW CHANNELS
"""

import time

STARTED_S = time.perf_counter()

import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import AsyncIterator, Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import webrtcvad  # noqa: E402

from oyez.config import Board, Hearing  # noqa: E402
from oyez.config_hearing import MicrophonePlace  # noqa: E402
from oyez.hearing.ears import Ears  # noqa: E402
from oyez.hearing.floor import Floor  # noqa: E402
from oyez.hearing.mixdown import Mono, mixdown  # noqa: E402
from oyez.hearing.preroll import Preroll  # noqa: E402
from oyez.hearing.resampling import Resampler  # noqa: E402
from oyez.hearing.speech import BetterJudge, SpeechJudge  # noqa: E402
from oyez.hearing.tap import Tap  # noqa: E402
from oyez.hearing.wake.attention import Attention  # noqa: E402
from oyez.hearing.wake.micro import MicroFeatures, MicroModel  # noqa: E402
from oyez_hw.pcm import Frame  # noqa: E402

FRAME = 320
SILENCE = np.zeros((960, 2), np.int16)
SQUARE_MM = ((-32, -32), (32, -32), (32, 32), (-32, 32))
"""Four microphones as boards of 64 mm have them."""


def main() -> None:
    path, channels = Path(sys.argv[1]), int(sys.argv[2])
    ears = ears_for(channels)
    import_s = time.perf_counter() - STARTED_S
    hours = path.stat().st_size / 2 / channels / 16_000 / 3600
    begun_s = time.process_time()
    asyncio.run(ears.run(frames(ears, path, channels)))
    spent_s = time.process_time() - begun_s
    rss_mb = resident_mb()  # before the stages build a second set of everything
    report = {"cpu_s_per_hour": spent_s / hours, "rss_mb": rss_mb, "import_s": import_s}
    alone = stages(np.fromfile(path, np.int16, count=16_000 * 120)) if channels == 1 else {}
    print(json.dumps(report | {"stages": alone}))


def ears_for(channels: int) -> Ears:
    """The daemon's ears with its shipped settings."""
    places = [MicrophonePlace(channel=at, x_mm=x, y_mm=y) for at, (x, y) in enumerate(SQUARE_MM)]
    board = Board(capture_channels=channels, microphones=places) if channels > 1 else Board()
    return Ears(Hearing(), lambda event: None, clock=time.monotonic, board=board)


async def frames(ears: Ears, path: Path, channels: int) -> AsyncIterator[Frame]:
    """path: (frames, channels) of int16. Read piece by piece: the sound itself is not to count as memory."""
    at, size = 0, FRAME * channels * 2
    with path.open("rb") as sound:
        while len(data := sound.read(size)) == size:
            ears.played(SILENCE, 48_000, at / 16_000)
            at += FRAME
            yield Frame(np.frombuffer(data, np.int16).reshape(-1, channels), 16_000, at / 16_000)
            await ears.settled()


def stages(sound: Mono) -> dict[str, float]:
    """CPU seconds an hour of each stage alone. All that have `awake` or `while` in their name rest in a quiet room."""
    vad, floor, better, judge = webrtcvad.Vad(1), Floor(), BetterJudge(), SpeechJudge(1)
    features, model, attention = MicroFeatures(), MicroModel(None, "hey_jarvis"), Attention[Mono]()
    rows = [features.feed(block) for block in np.split(sound[:1600], 10)][-1]
    preroll, tap, to_ours = Preroll(2.0), Tap(), Resampler(48_000, 16_000)
    six = np.zeros((480, 6), np.int16)
    works: dict[str, Callable[[Mono, float], object]] = {
        "floor": lambda block, s: floor.hear(block),
        "cheap_vad": lambda block, s: vad.is_speech(block.tobytes(), 16_000),
        "second_judge_awake": lambda block, s: better.agrees(block, asked=True),
        "floor_and_both_judges": lambda block, s: judge.voiced(block),
        "attention": lambda block, s: attention.hear(block, s, False),
        "wake_front_end": lambda block, s: features.feed(block),
        "wake_model_awake": lambda block, s: model.feed(rows),
        "preroll": lambda block, s: preroll.put(block, s),
        "mixdown_resample_while_48k_6ch": lambda block, s: to_ours.feed(mixdown(six)),
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
