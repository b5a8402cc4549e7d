"""G.711 at the line's edge: the house hears and speaks 24 kHz PCM, and no millisecond is lost."""

from typing import Literal

import numpy as np
import pytest

from oyez.session.codec import Down, Up, bytes_per_ms, whole

LAWS: list[Literal["pcmu", "pcma"]] = ["pcmu", "pcma"]
PIECE = 20 * 48


def tone(ms: int) -> bytes:
    times = np.arange(ms * 24) / 24_000
    return (8000 * np.sin(2 * np.pi * 440 * times)).astype("<i2").tobytes()


def samples(pcm: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def error_db(found: bytes, wanted: bytes) -> float:
    noise = samples(found) - samples(wanted)
    return float(10 * np.log10(np.sum(noise**2) / np.sum(samples(wanted) ** 2)))


@pytest.mark.parametrize("law", LAWS)
def test_sound_goes_up_at_8_bytes_a_ms_and_comes_down_as_it_was(law: Literal["pcmu", "pcma"]) -> None:
    """A second of a tone, piece by piece: as long as it was to the sample, and like it to 30 dB."""
    sent, up, down = tone(1000), Up(law), Down(law)
    wire = b"".join(up.feed(sent[at : at + PIECE]) for at in range(0, len(sent), PIECE)) + up.flush()
    assert len(wire) == 1000 * bytes_per_ms(law)
    heard = b"".join(down.feed("i", 0, wire[at : at + 160]) for at in range(0, len(wire), 160)) + down.flush("i", 0)
    assert len(heard) == len(sent)
    edge = 50 * 48  # the filters ring in and out
    assert error_db(heard[edge:-edge], sent[edge:-edge]) < -30


@pytest.mark.parametrize("law", LAWS)
def test_each_part_of_a_reply_is_as_long_as_the_service_counts_it(law: Literal["pcmu", "pcma"]) -> None:
    down, code = Down(law), whole(tone(300), law)
    for part in range(3):
        assert len(down.feed("i", part, code) + down.flush("i", part)) == 300 * 48


@pytest.mark.parametrize("law", LAWS)
def test_nothing_of_a_part_that_was_cut_sounds_in_the_next(law: Literal["pcmu", "pcma"]) -> None:
    down, fresh, code = Down(law), Down(law), whole(tone(300), law)
    down.feed("cut", 0, code)
    assert down.feed("next", 0, code) == fresh.feed("next", 0, code)
    assert down.flush("cut", 0) == b""


def test_pcm_passes_untouched() -> None:
    sent = tone(100)
    assert Up("pcm").feed(sent) == Down("pcm").feed("i", 0, sent) == whole(sent, "pcm") == sent
    assert Up("pcm").flush() == Down("pcm").flush("i", 0) == b""
