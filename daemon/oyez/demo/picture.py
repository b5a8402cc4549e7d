"""The demo's picture: what was said in the room, what the loudspeaker played, and what the device did meanwhile."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oyez_hw.pcm import Samples

COLOURS = {"idle": "#d9d9d9", "listening": "#56b4e9", "thinking": "#f0e442", "speaking": "#009e73"}
"""Okabe and Ito's palette: told apart by colour-blind people too."""

MARKS = {
    "WakeHeard": "wake word",
    "SessionReady": "line open",
    "ToolCalled": "tool call",
    "ReplyAudible": "first audio",
    "CutReply": "barge-in",
    "SessionLost": "line lost",
}


def draw(
    path: Path,
    heard: tuple[Samples, int],
    played: tuple[Samples, int],
    start_s: float,
    trace: Sequence[dict[str, Any]],
) -> None:
    """heard, played: (samples, rate) that begin at `start_s` (monotonic); trace: its lines, in order."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, (room, speaker, doings) = plt.subplots(
        3, 1, figsize=(14, 6), sharex=True, height_ratios=[2, 2, 1.2], layout="constrained"
    )
    _wave(room, *heard, "#0072b2", "microphone")
    _wave(speaker, *played, "#009e73", "loudspeaker")
    end_s = len(heard[0]) / heard[1]
    _states(doings, trace, start_s, end_s)
    for at, name in _marks(trace, start_s):
        for axis in (room, speaker, doings):
            axis.axvline(at, color="#d55e00", linewidth=0.8, alpha=0.7)
        room.annotate(name, (at, 1.02), xycoords=("data", "axes fraction"), rotation=25, fontsize=8)
    for text in (line for line in trace if line["what"] in ("TextHeard", "TextSaid")):
        row = 0.72 if text["what"] == "TextHeard" else 0.22
        doings.text(text["time_s"] - start_s, row, text["text"][:60], fontsize=7, va="center")
    doings.set_xlabel("seconds")
    doings.set_xlim(0, end_s)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _marks(trace: Sequence[dict[str, Any]], start_s: float) -> list[tuple[float, str]]:
    """(seconds, name) of what happened; what comes within half a second stands under one name."""
    marks: list[tuple[float, str]] = []
    for line in trace:
        name = MARKS.get(line["what"])
        if name is None:
            continue
        at = line["time_s"] - start_s
        if marks and at - marks[-1][0] < 0.5:
            marks[-1] = (marks[-1][0], f"{marks[-1][1]}, {name}")
        else:
            marks.append((at, name))
    return marks


def _wave(axis: Any, samples: Samples, rate_hz: int, colour: str, name: str) -> None:
    """Peaks of 10 ms: a whole conversation has more samples than a picture has points."""
    step = rate_hz // 100
    peaks = np.abs(samples[: len(samples) // step * step, 0].astype(np.int32)).reshape(-1, step).max(axis=1) / 32768
    times = np.arange(len(peaks)) / 100
    axis.fill_between(times, -peaks, peaks, color=colour, linewidth=0)
    axis.set_ylabel(name)
    axis.set_yticks([])


def _states(axis: Any, trace: Sequence[dict[str, Any]], start_s: float, end_s: float) -> None:
    shown = [(line["time_s"] - start_s, line["state"]) for line in trace if line["what"] == "StateShown"]
    for (begin, state), (end, _) in zip(shown, [*shown[1:], (end_s, "")], strict=True):
        axis.axvspan(begin, end, color=COLOURS[state], alpha=0.6, linewidth=0)
        if end - begin > 0.8:
            axis.text((begin + end) / 2, 0.95, state, ha="center", va="top", fontsize=8)
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    axis.set_ylabel("state")
