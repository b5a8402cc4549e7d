"""`oyez locker ...`: listen to what woke the device or nearly did, say whether it should have, and learn from it.

Works on the files of the device itself, beside a running daemon; nothing of it goes anywhere.
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from oyez.errors import OyezError
from oyez.hearing.locker.clips import Clip, UnknownClip, wanted
from oyez.hearing.locker.files import FOLDER, ClipFolder
from oyez.hearing.locker.fit import Fit, Point, fit, words_of
from oyez.hearing.locker.thresholds import load_thresholds, save_threshold

MOST_ROWS = 12
"""Of a printed curve; --json and --png have all."""
EXPORTED = ("path", "word", "kind", "label", "score", "threshold", "snr_db", "direction_deg", "at", "why")
HEADING = (
    f"{'id':8} {'when':19} {'word':14} {'kind':9} {'score':>6} {'needed':>6} {'SNR dB':>6} {'from':>5} label   why"
)


def run(asked: argparse.Namespace) -> int:
    """Raises OyezError with a sentence for what a person must mend."""
    try:
        return WORK[asked.verb](asked, ClipFolder(asked.state / FOLDER, 0))
    except UnknownClip as unknown:
        raise OyezError(str(unknown)) from unknown
    except OSError as error:
        raise OyezError(f"The locker in {asked.state} cannot be used ({error}): try it with sudo.") from error


def _list(asked: argparse.Namespace, clips: ClipFolder) -> int:
    found = wanted(clips.list(), asked.word, asked.label)
    if asked.json:
        print(json.dumps({"ok": True, "clips": msgspec.to_builtins(found)}))
    elif not found:
        print("No clips. They are kept while hearing.locker is true in the configuration.")
    else:
        print(HEADING, *map(_line, found), sep="\n")
    return 0


def _line(clip: Clip) -> str:
    facts = clip.facts
    snr = "" if facts.snr_db is None else f"{facts.snr_db:.0f}"
    direction = "" if facts.direction_deg is None else f"{facts.direction_deg:.0f}"
    return (
        f"{clip.id:8} {_when(clip):19} {facts.word:14} {facts.kind:9} {facts.score:6.3f} {facts.threshold:6.3f} "
        f"{snr:>6} {direction:>5} {clip.label or '-':7} {facts.why}"
    ).rstrip()


def _when(clip: Clip) -> str:
    return datetime.fromtimestamp(clip.facts.at_s, UTC).astimezone().replace(tzinfo=None).isoformat(" ", "seconds")


def _play(asked: argparse.Namespace, clips: ClipFolder) -> int:
    if asked.to is not None:
        asked.to.write_bytes(clips.wav(asked.clip))
        return 0
    from oyez.config_here import load_here
    from oyez_hw.__main__ import main as hardware

    device = load_here(asked.config).board.playback_device
    with tempfile.TemporaryDirectory(prefix="oyez-") as folder:
        file = Path(folder) / "clip.wav"
        file.write_bytes(clips.wav(asked.clip))
        return hardware(["play", "--device", device, str(file)])


def _label(asked: argparse.Namespace, clips: ClipFolder) -> int:
    for one in asked.clip:
        clips.label(one, None if asked.label == "none" else asked.label)
    return 0


def _fit(asked: argparse.Namespace, clips: ClipFolder) -> int:
    kept = clips.list()
    words = [word for word in words_of(kept) if asked.word in ("", word)]
    if asked.png and len(words) > 1:
        raise OyezError(f"One picture is of one word: add --word with one of {', '.join(words)}.")
    if asked.forget:
        for word in [asked.word] if asked.word else list(load_thresholds(asked.state)):
            save_threshold(asked.state, word, None)
    fits = [fit(word, kept) for word in words]
    applied = [_apply(asked.state, one) for one in fits if one.proposed is not None] if asked.apply else []
    if asked.png and fits:
        from oyez.hearing.locker.picture import draw

        draw(asked.png, fits[0])
    if asked.json:
        learned = load_thresholds(asked.state)
        print(json.dumps({"ok": True, "words": {one.word: _document(one) for one in fits}, "learned": learned}))
    else:
        print("\n\n".join(map(_told, fits)) or "No clips to learn from.", *applied, sep="\n")
    return 0


def _apply(state: Path, one: Fit) -> str:
    save_threshold(state, one.word, one.proposed)
    return f"{one.word} has the threshold {one.proposed:g} from the next start of the daemon on."


def _told(one: Fit) -> str:
    lines = [one.word, f"  {'threshold':>9}  {'said and missed':24} {'not said and heard':24}"]
    lines += map(_row, _some(one.points, {one.present, one.proposed}))
    lines.append(f"  {one.sentence}")
    if one.vetoed:
        lines.append(f"  {one.vetoed} more labelled clips were held back by something else than their score.")
    if one.proposed not in (None, one.present):
        lines.append("  Into the configuration, or `oyez locker fit --apply`:")
        lines += ["", "  [[hearing.words]]", f'  name = "{one.word}"', f"  threshold = {one.proposed:g}"]
    return "\n".join(lines)


def _some(points: Sequence[Point], always: set[float | None]) -> list[Point]:
    """Evenly chosen, and those that are spoken of."""
    every = max(1, -(-len(points) // MOST_ROWS))
    return [point for n, point in enumerate(points) if n % every == 0 or point.threshold in always]


def _row(point: Point) -> str:
    cells = [
        f"{share.of:3d}/{share.n:<3d} ({100 * share.low:3.0f}-{100 * share.high:3.0f} %)"
        for share in (point.false_rejects, point.false_accepts)
    ]
    return f"  {point.threshold:9.4f}  {cells[0]:24} {cells[1]:24}".rstrip()


def _document(one: Fit) -> dict[str, Any]:
    return {
        "present": one.present,
        "proposed": one.proposed,
        "sentence": one.sentence,
        "vetoed": one.vetoed,
        "curve": [
            {
                "threshold": point.threshold,
                **{
                    name: {"of": share.of, "n": share.n, "low": share.low, "high": share.high}
                    for name, share in (("false_rejects", point.false_rejects), ("false_accepts", point.false_accepts))
                },
            }
            for point in one.points
        ],
    }


def _export(asked: argparse.Namespace, clips: ClipFolder) -> int:
    asked.to.mkdir(parents=True, exist_ok=True)
    found = clips.list()
    with (asked.to / "clips.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, EXPORTED, extrasaction="ignore")
        table.writeheader()
        for clip in found:
            (asked.to / f"{clip.id}.wav").write_bytes(clips.wav(clip.id))
            facts = msgspec.to_builtins(clip.facts)
            table.writerow({**facts, "path": f"{clip.id}.wav", "label": clip.label or "", "at": _when(clip)})
    print(f"{len(found)} clips are in {asked.to}.")
    return 0


def _clear(asked: argparse.Namespace, clips: ClipFolder) -> int:
    if not asked.yes and input("Delete every clip? [y/N] ").strip().lower() not in ("y", "yes"):
        return 1
    print(f"{clips.clear()} clips were deleted.")
    return 0


WORK: dict[str, Callable[[argparse.Namespace, ClipFolder], int]] = {
    "list": _list,
    "play": _play,
    "label": _label,
    "fit": _fit,
    "export": _export,
    "clear": _clear,
}
