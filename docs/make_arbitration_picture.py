"""Draws docs/arbitration.png from the figures of `python -m tests.bench.arbitration --data DIR --json FILE`.

python docs/make_arbitration_picture.py FILE
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

MEASURES = {
    "near_db": ("nearness", "tab:green"),
    "level_dbfs": ("level", "tab:blue"),
    "snr_db": ("SNR", "tab:orange"),
    "score": ("score", "tab:red"),
}
FAULTS = {
    "none": "all well",
    "one_frozen": "one frozen",
    "one_partitioned": "one cut off",
    "broker_restart": "broker restarted",
}
SHADES = {"2": "lightsteelblue", "3": "cornflowerblue", "8": "midnightblue"}


def main() -> None:
    figures: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    picture, (left, middle, right) = pyplot.subplots(1, 3, figsize=(11.5, 3.4), layout="constrained")
    measures(left, figures["by_ratio"])
    bars(middle, figures["devices"], lambda row: 100 * row["nearest"])
    middle.axhline(95, color="grey", linewidth=0.8)
    middle.set(ylim=(80, 101), ylabel="%", title="the nearest answers")
    middle.legend(title="devices", frameon=True, loc="lower right", fontsize=8)
    bars(right, figures["devices"], lambda row: row["added_delay_ms"]["p95"])
    right.axhline(200, color="grey", linewidth=0.8)
    right.set(ylim=(0, 210), ylabel="ms", title="added delay, 95 % of wakes")
    picture.savefig(Path(__file__).with_name("arbitration.png"), dpi=90)


def measures(axes: Axes, by_ratio: dict[str, Any]) -> None:
    for name, (label, colour) in MEASURES.items():
        shares = [100 * row[name] for row in by_ratio.values()]
        axes.plot(list(by_ratio), shares, marker="o", color=colour, label=label)
    axes.set(ylim=(0, 101), ylabel="%", title="which measure names the nearer of two", xlabel="times as far away")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)


def bars(axes: Axes, devices: dict[str, Any], value: Any) -> None:
    for place, (number, rows) in enumerate(devices.items()):
        heights = [value(rows[fault]) for fault in FAULTS]
        axes.bar([at + 0.27 * (place - 1) for at in range(4)], heights, 0.25, label=number, color=SHADES[number])
    axes.set_xticks(range(4), [name.replace(" ", "\n", 1) for name in FAULTS.values()], fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
