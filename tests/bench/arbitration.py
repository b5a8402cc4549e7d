"""Which of several devices answers: one, the nearest, and how soon; also with one frozen, cut off, or the broker gone.

python -m tests.bench.arbitration --data DIR --json FILE [--wakes N]
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config_hearing import SHIPPED_WORDS
from tests.bench._bidding_ears import Wake, wakes_of
from tests.bench._bidding_fleet import FAULTS, Fleet, Settled
from tests.bench._wake_trials import NOISE_S, Folder
from tests.bench.report import write_report

NUMBERS = (2, 3, 8)
MEASURES = ("near_db", "level_dbfs", "snr_db", "score")
RATIOS = ((1.1, 1.3), (1.3, 1.6), (1.6, 2.0), (2.0, 3.0))
"""Two devices, the farther so many times as far away as the nearer."""
HOW = (
    "Recorded wake words (kind wake_positive) in made-up rooms (image sources, RT60 0.2 to 0.5 s) with a mouth and 2, "
    "3 or 8 devices, the second at least twice as far away as the nearest, the third as the second, the others more by "
    "a tenth; each with a noise of its own, a gain of its own (0.5 dB) and its own phase; each hears by the daemon's "
    "Ears, which know no labels. Then, in real time, the daemon's Broker and "
    "Bidder of each device over a real mosquitto, one per row. n: wakes that a device which took part heard. "
    "exactly_one, nearest (of those that heard it), nearest_of_all: shares of n. added_delay_ms: from the moment at "
    "which the device that answers heard the word. in_vain: one began to answer and fell silent. one_frozen: a device "
    "drawn for each wake neither reads nor sends and is online; one_partitioned: its messages are lost both ways, "
    "counted are the others, alone_answered is the share in which it answered, too; broker_restart: killed and started "
    "after half of the wakes; wakes before all devices had found each other again are in while_broken. which_measure: "
    "the share in which the nearest of those that heard it has the highest value; by_ratio: the same for two devices, "
    "by how many times as far the farther one is. clips: {clips}."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--wakes", type=int, default=200, help="so many for each number of devices")
    options = parser.parse_args()
    folder = Folder(options.data)
    clips = [(row["label"], row["path"]) for row in folder._of("wake_positive") if row["label"] in SHIPPED_WORDS]
    noises = [row["path"] for row in folder._of("noise") if float(row["seconds"] or 0) >= NOISE_S]
    if not clips or not noises:
        raise SystemExit(f"{options.data} has no recordings of the shipped wake words, or no noise: nothing to hear")
    heard = {number: wakes_of(options.data, clips, noises, number, options.wakes) for number in NUMBERS}
    figures = {
        "which_measure": {str(number): names_the_nearest(wakes) for number, wakes in heard.items()},
        "by_ratio": {
            f"{low:g}-{high:g}": names_the_nearest(
                wakes_of(options.data, clips, noises, 2, options.wakes // 2, (low, high))
            )
            for low, high in RATIOS
        },
        "heard_apart_ms": apart([wake for wakes in heard.values() for wake in wakes]),
        "devices": asyncio.run(settled(heard)),
    }
    n = sum(row["n"] for rows in figures["devices"].values() for row in rows.values())
    print(json.dumps(write_report(options.json, "arbitration", HOW.format(clips=len(clips)), n, figures)))


async def settled(heard: dict[int, list[Wake]]) -> dict[str, dict[str, Any]]:
    """Every row in a house of its own, all at once."""
    fleets = {(number, fault): Fleet(wakes, fault) for number, wakes in heard.items() for fault in FAULTS}
    await asyncio.gather(*(fleet.live() for fleet in fleets.values()))
    return {str(number): {fault: figures_of(fleets[number, fault].settled) for fault in FAULTS} for number in heard}


def figures_of(settled: Sequence[Settled]) -> dict[str, Any]:
    counted = [one for one in settled if one.heard and one.whole]
    broken = [one for one in settled if one.heard and not one.whole]
    figures: dict[str, Any] = {
        "n": len(counted),
        "exactly_one": share(len(one.answering) == 1 for one in counted),
        "none": share(not one.answering for one in counted),
        "nearest": share(one.answering == one.heard[:1] for one in counted),
        "nearest_of_all": share(one.answering == one.able[:1] for one in counted),
        "added_delay_ms": percentiles([one.delay_s * 1000 for one in counted]),
        "in_vain": share(one.in_vain for one in counted),
        "alone_answered": share(one.alone_answered for one in counted),
    }
    if broken:
        figures["while_broken"] = {"n": len(broken), "none": share(not one.answering for one in broken)}
    return figures


def names_the_nearest(wakes: Sequence[Wake]) -> dict[str, float]:
    pairs = [[one for one in wake.woken if one is not None] for wake in wakes]
    pairs = [woken for woken in pairs if len(woken) > 1]
    found = {name: share(_highest([getattr(one, name) for one in woken]) == 0 for woken in pairs) for name in MEASURES}
    return {**found, "n": len(pairs)}


def apart(wakes: Sequence[Wake]) -> dict[str, float]:
    """From the first device that knew to the last."""
    known = [[one.at_s for one in wake.woken if one is not None] for wake in wakes]
    return percentiles([(max(one) - min(one)) * 1000 for one in known if len(one) > 1], (50, 95, 100))


def share(counted: Any) -> float:
    return round(float(np.mean([bool(one) for one in counted] or [np.nan])), 4)


def percentiles(values: Sequence[float], which: Sequence[int] = (50, 95)) -> dict[str, float]:
    return {f"p{at}": round(float(np.percentile(values, at)), 1) for at in which} if values else {}


def _highest(values: Sequence[float | None]) -> int:
    return int(np.argmax([-np.inf if value is None else value for value in values]))


if __name__ == "__main__":
    main()
