"""Draws docs/lights.png: what the lamps show in six seconds of each mood, in colour, in grey, and on one single lamp.

python docs/make_lights_picture.py
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
import numpy.typing as npt
from matplotlib import pyplot

from oyez.light_patterns import COLOURS, EYE, Fixture, Mood, picture

SHOWN: tuple[Mood, ...] = ("muted", "listening", "thinking", "speaking", "ringing", "troubled")
SECONDS, PER_SECOND = 6.0, 40
DIRECTION_DEG = 90.0


def seen(mood: Mood, fixture: Fixture) -> npt.NDArray[np.float64]:
    """(lamps, moments, 3), as eyes see it."""
    moments = np.arange(0.0, SECONDS, 1 / PER_SECOND)
    light = [picture(mood, fixture, at_s, 1.0, DIRECTION_DEG) for at_s in moments]
    return np.array(light).transpose(1, 0, 2) ** (1 / EYE)


def grey(image: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    luminance = (image**EYE @ np.array([0.2126, 0.7152, 0.0722])) ** (1 / EYE)
    shown: npt.NDArray[np.float64] = np.repeat((luminance / luminance.max())[:, :, None], 3, axis=2)
    return shown


def main() -> None:
    ring, single = Fixture(12, ring=True), Fixture(1, dims=False)
    drawing, rows = pyplot.subplots(len(SHOWN), 3, figsize=(10.5, 6.0), layout="constrained", sharex=True)
    for row, mood in zip(rows, SHOWN, strict=True):
        colour = np.array(COLOURS[mood]) ** (1 / EYE)
        on_off = seen(mood, single) * colour
        for axes, image in zip(row, (seen(mood, ring), grey(seen(mood, ring)), on_off), strict=True):
            axes.imshow(image, aspect="auto", extent=(0, SECONDS, len(image), 0), interpolation="nearest")
            axes.set_yticks([])
        row[0].set_ylabel(mood, rotation=0, ha="right", va="center")
    for axes, title in zip(
        rows[0], ("ring of 12 lamps, somebody at the right", "the same in grey", "one lamp, on or off"), strict=True
    ):
        axes.set_title(title, fontsize=10)
    for axes in rows[-1]:
        axes.set_xlabel("s")
    drawing.savefig(Path(__file__).with_name("lights.png"), dpi=90)


if __name__ == "__main__":
    main()
