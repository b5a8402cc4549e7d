"""Draws docs/array-beams.png: what beams of 4 and 6 microphones let through from all around.

python docs/make_array_picture.py
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from oyez.hearing.array.geometry import delays_s
from oyez.hearing.array.weights import TAPS, delay_and_sum, mvdr, steering
from oyez.hearing.blocks import RATE_HZ

LOOK_DEG, TELEVISION_DEG = 30.0, -80.0
BOARDS_MM = {4: 32.0, 6: 46.0}
BANDS = slice(round(1000 * TAPS / RATE_HZ), round(4000 * TAPS / RATE_HZ))
FLOOR_DB = -25.0


def main() -> None:
    figure, axes = plt.subplots(1, 2, subplot_kw={"projection": "polar"}, figsize=(9, 4.8))
    for axis, (count, radius_mm) in zip(axes, BOARDS_MM.items(), strict=True):
        angles = 2 * np.pi * (np.arange(count) + 0.5) / count
        places = radius_mm / 1000 * np.stack([np.sin(angles), np.cos(angles), 0 * angles], axis=1)
        look = delays_s(places, LOOK_DEG)[0]
        television = steering(delays_s(places, TELEVISION_DEG)[0])
        # A television, and a tenth of its power from everywhere.
        around = np.mean([outer(steering(late)) for late in delays_s(places, np.arange(0, 360, 10))], axis=0)
        noise = (outer(television) + 0.1 * around).astype(np.complex64)
        turned = np.arange(-180, 181, 2.0)
        for name, weights in (("delay and sum", delay_and_sum(look)), ("MVDR", mvdr(look, noise))):
            through = [np.sum(weights.conj() * steering(late), axis=1)[BANDS] for late in delays_s(places, turned)]
            level_db = 10 * np.log10(np.mean(np.abs(through) ** 2, axis=1))
            axis.plot(np.radians(turned), np.maximum(level_db, FLOOR_DB), label=name)
        axis.set_theta_zero_location("N")
        axis.set_theta_direction(-1)
        axis.set_ylim(FLOOR_DB, 5)
        axis.set_yticks([-20, -10, 0], ["-20", "-10", "0 dB"])
        axis.axvline(np.radians(LOOK_DEG), color="green", lw=1, ls="--")
        axis.axvline(np.radians(TELEVISION_DEG), color="red", lw=1, ls=":")
        axis.set_title(f"{count} microphones, ring of {radius_mm:.0f} mm")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=2)
    figure.suptitle("What comes through, 1 to 4 kHz: talker at 30 degrees (green), television at -80 (red)")
    figure.savefig(Path(__file__).parent / "array-beams.png", dpi=80)


def outer(heard: np.ndarray) -> np.ndarray:
    return heard[:, :, None] * heard[:, None, :].conj()


if __name__ == "__main__":
    main()
