"""Draws docs/measuring-response.png and docs/measuring-latency.png.

python docs/make_measuring_pictures.py CALIBRATION.json LATENCY.json

The first is what `oyez-hw calibrate` keeps, the second what `oyez-hw latency --json` prints.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot

RATE_HZ = 16_000
WHERE = "virtual card (simulated room), no real hardware"


def main() -> None:
    calibration, latency = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    draw_response(calibration)
    draw_latency(latency)


def draw_response(calibration: dict[str, Any]) -> None:
    way = calibration["ways"][0]
    sound = np.frombuffer(base64.b64decode(way["response"]), "<i2") * way["scale"]
    times_ms = calibration["start_ms"] + np.arange(len(sound)) * 1000 / RATE_HZ
    left = np.cumsum(np.square(sound)[::-1])[::-1] / np.square(sound).sum()
    picture, (above, below) = pyplot.subplots(2, 1, figsize=(8, 4.6), layout="constrained")
    above.plot(times_ms, sound, linewidth=0.7)
    above.set_xlim(times_ms[0], times_ms[0] + 60)
    above.set_ylabel("amplitude")
    above.set_title(f"Loudspeaker to microphone {way['channel']}: {WHERE}")
    below.plot(times_ms, 20 * np.log10(np.abs(sound) / np.abs(sound).max() + 1e-6), linewidth=0.4, color="0.6")
    below.plot(times_ms, 10 * np.log10(left + 1e-9), color="tab:red", label="energy still to come")
    below.axvline(calibration["path_ms"], color="black", linewidth=0.7, linestyle=":")
    below.set_ylim(-75, 3)
    below.set_ylabel("dB")
    below.set_xlabel("ms after the card's word")
    below.legend(frameon=False)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    picture.savefig(Path(__file__).with_name("measuring-response.png"), dpi=90)


def draw_latency(latency: dict[str, Any]) -> None:
    trips_ms, median_ms = latency["round_trips_ms"], latency["round_trip_ms"]["median"]
    picture, axes = pyplot.subplots(figsize=(8, 2.8), layout="constrained")
    axes.hist(trips_ms, bins=24)
    axes.axvline(median_ms, color="black", label=f"median {median_ms:.1f} ms")
    axes.plot([], [], " ", label=f"of it not told by the card: {latency['unexplained_ms']:.2f} ms")
    axes.set_xlabel("ms from given to the card until captured")
    axes.set_ylabel("chirps")
    axes.set_title(f"{latency['heard']} chirps, drift {latency['drift_ppm']:.2f} ppm: {WHERE}")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    picture.savefig(Path(__file__).with_name("measuring-latency.png"), dpi=90)


if __name__ == "__main__":
    main()
