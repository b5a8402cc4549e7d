"""Picture of a sweep: false rejects against false accepts an hour, a line a condition."""

from pathlib import Path
from typing import Any

NAMES = {
    "clean": "clean",
    "10db": "noise, 10 dB",
    "5db": "noise, 5 dB",
    "reverberant": "reverberant",
    "speech_10db": "another talker, 10 dB",
    "speech_5db": "another talker, 5 dB",
}


def draw(figures: dict[str, Any], folder: Path) -> None:
    """wake-WORD.svg for each word that people say in at least ten clips; none without negatives."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "oyez"
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    for word, rows in figures["sweep"].items():
        entry = figures["words"][word]
        if entry.get("clean", {}).get("n", 0) < 10 or entry["fa_per_hour"] is None:
            continue
        figure, axes = plt.subplots(figsize=(7, 4.5))
        for name, shown in NAMES.items():
            if name in entry:
                points = [(row["fa_per_hour"], 100 * row[f"frr_{name}"]) for row in rows]
                (line,) = axes.plot(*zip(*points, strict=True), marker=".", label=shown)
                bare = entry["bare"]
                axes.plot(bare["fa_per_hour"], 100 * bare[name]["frr"], "x", color=line.get_color())
        axes.plot([], [], "kx", label="the model alone")
        axes.set(xlabel="false accepts an hour", ylabel="false rejects, %", title=word, ylim=(0, 60))
        axes.grid(alpha=0.3)
        axes.legend()
        figure.tight_layout()
        figure.savefig(folder / f"wake-{word}.svg", metadata={"Date": None})
        plt.close(figure)
