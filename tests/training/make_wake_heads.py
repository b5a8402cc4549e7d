"""Trains the second judge of the wake words: daemon/oyez/hearing/models/wake_heads.npz.

python -m tests.training.make_wake_heads --work DIR [--out FILE] [WORD ...]

Three steps; the first two are kept in DIR and not repeated: speech (speech.pkl; one minute, ten more with Kokoro), rows
of the speech embedding of that speech in made-up rooms (rows.pkl), and heads. No recording is read.
"""

import argparse
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_SAMPLES, WIDTH, embed
from oyez.hearing.wake.head import ROWS, WEIGHTS
from tests.training import augment
from tests.training.network import Network, committee, train
from tests.training.voices import Speaker, speakers
from tests.training.wake_texts import HELD_OUT, PHRASES, REQUESTS, SENTENCES, alike

Sound = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float32]

RATE_HZ = 16_000
POSITIVE_S = (-0.02, 0.42)
"""A head is asked for up to 0.4 s after a phrase ended."""
ONLY_BEGUN_S = -0.35
"""So long before its end a phrase is not said yet: not to be taken for it."""
SCENES = {"pos": 8, "alike": 2, "text": 1, "request": 1}
SHARE_OF_OTHERS = 0.3
"""Most windows of other speech teach nothing new."""
MEMBERS = 3
"""Networks that a head is the mean of: what one learned by chance weighs less."""
EVEN = 0.5
"""Weight of all positives against all negatives."""


class Said(NamedTuple):
    speaker: str
    kind: str
    """pos, alike (of `word`), text or request."""
    word: str
    text: str
    sound: npt.NDArray[np.int16]


class Seen(NamedTuple):
    speaker: str
    kind: str
    word: str
    text: str
    rows: npt.NDArray[np.float16]
    """(n, 96)."""
    end_s: float
    """Where the phrase ends in the sound that the rows were made of."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for speech.pkl and rows.pkl")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("words", nargs="*", default=[word for word in PHRASES if word != "stop"])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    said = _kept(options.work / "speech.pkl", lambda: [Said(*one) for speaker in _speakers() for one in says(*speaker)])
    seen = _kept(options.work / "rows.pkl", lambda: list(scenes([Said(*one) for one in said])))
    heads = trained([one for one in (Seen(*row) for row in seen) if one.text not in HELD_OUT], options.words)
    np.savez_compressed(options.out, **heads)
    print(f"{options.out}: {options.out.stat().st_size} bytes")


def _kept(path: Path, make):  # type: ignore[no-untyped-def]
    if not path.exists():
        path.write_bytes(pickle.dumps([tuple(one) for one in make()]))
    return pickle.loads(path.read_bytes())


def _speakers() -> Iterator[tuple[Speaker, Generator]]:
    for place, speaker in enumerate(speakers(5)):
        yield speaker, np.random.default_rng([7, place])


def says(speaker: Speaker, random: Generator) -> Iterator[Said]:
    """The phrases at several tempos, some sound-alikes, some other speech; slow speakers say less."""

    def said(kind: str, word: str, text: str, tempo: float) -> Iterator[Said]:
        sound = speaker.say(text, tempo)
        if len(sound) > RATE_HZ // 10:
            yield Said(speaker.name, kind, word, text, (np.clip(sound, -1, 1) * 32_767).astype(np.int16))

    for word, text in PHRASES.items():
        for tempo in (0.9, 1.12) if speaker.slow else (0.85, 1.0, 1.2):
            yield from said("pos", word, text, tempo)
    for word in PHRASES:
        listed = alike(word)
        for place in random.choice(len(listed), min(len(listed), 6 if speaker.slow else 14), replace=False):
            yield from said("alike", word, listed[place], float(random.uniform(0.85, 1.2)))
    for kind, texts, count in (("text", SENTENCES, 8), ("request", REQUESTS, 3)):
        for place in random.choice(len(texts), count // 3 if speaker.slow else count, replace=False):
            yield from said(kind, "", texts[place], float(random.uniform(0.9, 1.15)))


def scenes(said: list[Said]) -> Iterator[Seen]:
    """Everything said, in rooms and noise, as rows. Two of three espeak voices: natural ones are to weigh more."""
    espeak = sorted({one.speaker for one in said if one.speaker.startswith("espeak")})
    left_out = set(espeak[2::3])
    babble = [_floats(one.sound) for one in said if one.kind == "text"]
    random = np.random.default_rng(99)
    noises = [augment.noise(9 * RATE_HZ, random, babble) for _ in range(120)]
    requests = [(one.speaker, _floats(one.sound)) for one in said if one.kind == "request"]
    for place, one in enumerate(said):
        if one.speaker in left_out:
            continue
        random = np.random.default_rng([11, place])
        own = [sound for speaker, sound in requests if speaker == one.speaker]
        weight = 4 if one.speaker.startswith("kokoro") else 8 if one.speaker == "hibari" else 1
        for turn in range(SCENES[one.kind] * weight):
            sound, end = scene_of(one, own, babble, noises, random, clean=turn == 0)
            yield Seen(*one[:4], embed(sound).astype(np.float16), end / RATE_HZ)


def scene_of(
    one: Said, requests: list[Sound], babble: list[Sound], noises: list[Sound], random: Generator, *, clean: bool
) -> tuple[npt.NDArray[np.int16], int]:
    """One utterance with what is said before and after it; the sound and where the phrase ends in it."""
    word = _floats(one.sound[: 4 * RATE_HZ])
    if not (clean and one.speaker.startswith(("kokoro", "hibari"))):
        word = augment.another_head(word, random)
    after = np.zeros(round(0.6 * RATE_HZ), np.float32)
    if requests and random.random() < 0.5:
        pause = round(random.uniform(0.0, 0.25) * RATE_HZ)
        request = requests[int(random.integers(len(requests)))][: len(after) - pause]
        after[pause : pause + len(request)] = request
    if random.random() < 0.25:
        earlier = babble[int(random.integers(len(babble)))][-RATE_HZ:]
        word = np.concatenate([earlier, np.zeros(round(random.uniform(0.05, 0.4) * RATE_HZ), np.float32), word])
    before_s = max(0.35, 1.45 - len(word) / RATE_HZ) + float(random.uniform(0.0, 0.08))
    return augment.scene(before_s, word, after, random, noises, clean=clean)


def trained(seen: list[Seen], words: list[str]) -> dict[str, npt.NDArray[np.float16]]:
    windows, of, at_s = _windows(seen)
    rows = windows[:: max(1, len(windows) // 20_000)].reshape(-1, WIDTH).astype(np.float32)
    mean, scale = rows.mean(axis=0), 1.0 / rows.std(axis=0)
    heads = {"mean": mean.astype(np.float16), "scale": scale.astype(np.float16)}
    for word in words:
        network = _head(word, seen, windows, of, at_s, mean, scale)
        for part, values in zip(("first", "bias", "second", "offset"), network, strict=True):
            heads[f"{word}.{part}"] = values.astype(np.float16)
    return heads


def _windows(seen: list[Seen]) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.int64], Floats]:
    """All windows (n, ROWS * 96); the scene that each is of; when it ends, in seconds after its phrase's end."""
    windows, of, at_s = [], [], []
    for place, scene in enumerate(seen):
        if len(scene.rows) < ROWS:
            continue
        found = np.lib.stride_tricks.sliding_window_view(scene.rows, (ROWS, WIDTH))[:, 0]
        windows.append(found.reshape(len(found), -1))
        of.append(np.full(len(found), place))
        at_s.append((FIRST_SAMPLES + ROW_SAMPLES * np.arange(ROWS - 1, len(scene.rows))) / RATE_HZ - scene.end_s)
    return np.concatenate(windows), np.concatenate(of), np.concatenate(at_s).astype(np.float32)


def _head(
    word: str,
    seen: list[Seen],
    windows: npt.NDArray[np.float16],
    of: npt.NDArray[np.int64],
    at_s: Floats,
    mean: Floats,
    scale: Floats,
) -> Network:
    random = np.random.default_rng(0)
    says = np.array([scene.kind == "pos" and scene.word == word for scene in seen])[of]
    near = np.array([scene.kind == "alike" and scene.word == word for scene in seen])[of]
    positive = says & (at_s >= POSITIVE_S[0]) & (at_s <= POSITIVE_S[1])
    negative = (says & (at_s < ONLY_BEGUN_S)) | (near & (at_s > -0.1) & (at_s < 0.5))
    negative |= ~says & (random.random(len(of)) < SHARE_OF_OTHERS)
    used = positive | negative
    inputs = ((windows[used].reshape(-1, ROWS, WIDTH).astype(np.float32) - mean) * scale).reshape(used.sum(), -1)
    answers = positive[used].astype(np.float32)
    weights = np.where(answers > 0, EVEN * negative.sum() / positive.sum(), 1.0).astype(np.float32)
    print(f"{word}: {positive.sum()} windows of it, {negative.sum()} of others", flush=True)
    return committee([train(inputs, answers, weights, (ROWS, WIDTH), seed) for seed in range(MEMBERS)])


def _floats(sound: npt.NDArray[np.int16]) -> Sound:
    return sound.astype(np.float32) / 32_768


if __name__ == "__main__":
    main()
