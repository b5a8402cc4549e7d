"""Draws docs/noise.png from the figures of `python -m tests.bench.noise --data DIR --json FILE`.

python docs/make_noise_picture.py FILE
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

CONDITIONS = ("clean", "10dB", "5dB", "0dB")
SHOWN = {"off": "black", "low": "tab:blue", "medium": "tab:green", "high": "tab:orange", "agc": "tab:red"}


def main() -> None:
    figures: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    picture, (left, middle, right) = pyplot.subplots(1, 3, figsize=(10.5, 3.2), layout="constrained")
    for name, colour in SHOWN.items():
        requests = [figures["requests"][one][name] for one in CONDITIONS]
        draw(left, [one["wer"] for one in requests], name, colour)
        draw(middle, [one["disagreement"] for one in requests], name, colour)
        (word,) = figures["wake"].values()
        draw(right, [word[one][name]["frr"] for one in CONDITIONS], name, colour)
    left.set_title("requests, words known (synthetic)")
    middle.set_title("requests, against the clean recording")
    right.set_title("wake word missed")
    for axes in (left, middle, right):
        axes.set_ylim(bottom=0)
    left.set_ylabel("%")
    left.legend(frameon=False)
    picture.savefig(Path(__file__).with_name("noise.png"), dpi=90)


def draw(axes: Axes, shares: list[float], name: str, colour: str) -> None:
    axes.plot(CONDITIONS, [share * 100 for share in shares], marker="o", color=colour, label=name)
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
