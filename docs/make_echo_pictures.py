"""Draws docs/echo-erle.png and docs/echo-barge.png from the figures of `python -m tests.bench.echo`.

python docs/make_echo_pictures.py FIGURES.json
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent


def main() -> None:
    figures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if "convergence" not in figures:
        raise SystemExit("these figures hold no scenes: the data lacked impulse responses, speech or wake words")
    draw_erle(figures["convergence"])
    draw_barge(figures["barge"])


def draw_erle(figures: dict[str, Any]) -> None:
    canvas, axes = plt.subplots(figsize=(7, 3.2))
    lines = (("clean_db", "uplink (AEC3)"), ("wake_db", "wake word"), ("wake_fast_start_db", "wake word, fast start"))
    for key, name in lines:
        axes.plot([at + 0.5 for at in range(len(figures[key]))], figures[key], label=name)
    axes.axvline(figures["path_changes_at_s"], color="grey", linestyle=":")
    axes.annotate("echo path changes", (figures["path_changes_at_s"] + 0.2, 1))
    axes.set(xlabel="s of reply", ylabel="ERLE, dB", title="Echo taken out, second by second (loudspeaker alone)")
    axes.legend()
    save(canvas, "echo-erle.png")


def draw_barge(rows: list[dict[str, Any]]) -> None:
    canvas, axes = plt.subplots(figsize=(7, 3.2))
    placed = [row for row in rows if not row["delay_wrong_ms"]]
    styles = {0.0: "-", 50.0: "--", 100.0: ":"}
    colours = {"none": "tab:grey", "aec3": "tab:blue", "wake": "tab:orange"}
    for ppm in sorted({row["drift_ppm"] for row in placed}):
        chosen = sorted((row for row in placed if row["drift_ppm"] == ppm), key=lambda row: row["ser_db"])
        for name, colour in colours.items():
            shares = [100 * row["hits"][name] / row["n"] for row in chosen]
            label = f"{name}, {ppm:.0f} ppm"
            axes.plot([row["ser_db"] for row in chosen], shares, styles.get(ppm, "-."), color=colour, label=label)
    axes.set(xlabel="speech to echo, dB", ylabel="wake words heard, %", ylim=(0, 100), title="A wake word over a reply")
    axes.legend(ncols=3, fontsize=7)
    save(canvas, "echo-barge.png")


def save(canvas: Any, name: str) -> None:
    canvas.tight_layout()
    canvas.savefig(HERE / name, dpi=110)
    plt.close(canvas)


if __name__ == "__main__":
    main()
