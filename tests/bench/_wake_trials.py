"""What wake words are tried on: clips of a folder with a manifest, in every condition; and what must not wake."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench._mixing import Sound, clean, draws, noisy, read, reverberant

DRAWS = 2
"""So many noises or rooms a clip: a figure hangs less on one of them."""
SNRS_DB = {"10db": 10.0, "5db": 5.0}
OTHER_SOUND = ("noise", "music", "vad")
NOISE_S = 1.0
"""A shorter recording would be heard as a buzz."""


@dataclass(frozen=True)
class Trial:
    origin: str
    """`human` or `synthetic`: never one figure."""
    word: str
    """What is said; empty: nothing that should wake."""
    condition: str
    """For what should not wake: its kind in the manifest."""
    path: str
    sound: Sound
    seconds: float
    """Of the clip alone."""


class Folder:
    def __init__(self, data: Path) -> None:
        """Raises SystemExit with a sentence when there is no manifest."""
        self.data = data
        try:
            with (data / "manifest.csv").open(encoding="utf-8") as table:
                self.rows = list(csv.DictReader(table))
        except OSError as error:
            raise SystemExit(f"{data}/manifest.csv cannot be read: {error}") from error
        self.noises = self._sounds([row for row in self._of("noise") if float(row["seconds"] or 0) >= NOISE_S])
        self.babble = self._sounds(self._of("negative_speech")[::7])
        self.rooms = self._sounds(self._of("rir"))
        self.lacks = [
            name
            for name, there in (("noise", self.noises), ("negative_speech", self.babble), ("rir", self.rooms))
            if not there
        ]

    def positives(self, words: Sequence[str], every: int = 1) -> Iterator[Trial]:
        """Each clip of these words in every condition that the folder has the means for."""
        for kind, origin in (("wake_positive", "human"), ("wake_synthetic", "synthetic")):
            for row in [row for row in self._of(kind) if row["label"] in words][::every]:
                sound = read(self.data / row["path"])
                for condition, made in self._conditions(sound, row["path"]):
                    yield Trial(origin, row["label"], condition, row["path"], made, len(sound) / 16_000)

    def negatives(self, every: int = 1) -> Iterator[Trial]:
        """All kinds that begin with `negative_`; then what is counted apart: other sounds of a home, and people who
        say a wake phrase, which is a negative of the other words."""
        kinds = sorted({row["kind"] for row in self.rows if row["kind"].startswith("negative_")})
        for kind in (*kinds, *OTHER_SOUND, "wake_positive"):
            for row in self._of(kind)[::every]:
                sound = read(self.data / row["path"])
                said = row["label"] if kind == "wake_positive" else ""
                yield Trial("", said, kind, row["path"], clean(sound, draws(row["path"], 0)), len(sound) / 16_000)

    def _conditions(self, sound: Sound, path: str) -> Iterator[tuple[str, Sound]]:
        yield "clean", clean(sound, draws(path, 0))
        for draw in range(DRAWS):
            for name, snr_db in SNRS_DB.items():
                if self.noises:
                    yield name, noisy(sound, snr_db, self.noises, draws(path, draw))
                if self.babble:
                    yield f"speech_{name}", noisy(sound, snr_db, self.babble, draws(path, draw))
            if self.rooms:
                random = draws(path, draw)
                yield "reverberant", reverberant(sound, self.rooms[int(random.integers(len(self.rooms)))], random)

    def _of(self, kind: str) -> list[dict[str, str]]:
        rows = [row for row in self.rows if row["kind"] == kind and (self.data / row["path"]).is_file()]
        return sorted(rows, key=lambda row: row["path"])

    def _sounds(self, rows: Sequence[dict[str, str]]) -> list[Sound]:
        return [sound for sound in (read(self.data / row["path"]) for row in rows) if sound.any()]
