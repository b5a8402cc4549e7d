"""G.711 and back, in pieces."""

import numpy as np
import pytest

from oyez_realtime import g711, messages as m
from oyez_realtime.transcoding import WireDecoder, WireEncoder

TONE = (np.sin(np.arange(24_000) * 2 * np.pi * 440 / 24_000) * 8_000).astype("<i2")


def test_every_code_of_both_laws_survives() -> None:
    """Decoding and encoding gives the code back; the two zeros of the µ-law are one."""
    codes = bytes(range(256))
    for law in ("u", "a"):
        back = g711.encode(g711.decode(codes, law), law)
        assert [a for a, b in zip(codes, back, strict=True) if a != b] in ([], [0x7F], [0xFF])


@pytest.mark.parametrize("audio_format", [m.AudioPcmu(), m.AudioPcma()])
def test_a_tone_goes_up_and_comes_down_in_pieces(audio_format: m.AudioPcmu | m.AudioPcma) -> None:
    """A second is 8000 bytes on the wire and a second again, and it is the same tone."""
    up, down = WireEncoder(audio_format), WireDecoder(audio_format)
    pcm = TONE.tobytes()
    wire = b"".join(up.encode(pcm[at : at + 960]) for at in range(0, len(pcm), 960)) + up.encode(b"", last=True)
    assert len(wire) == 8_000
    heard = b"".join(down.decode(wire[at : at + 160]) for at in range(0, len(wire), 160)) + down.decode(b"", True)
    assert len(heard) == len(pcm)
    error = np.frombuffer(heard, "<i2")[2400:-2400].astype(float) - TONE[2400:-2400]
    assert np.sqrt(np.mean(error**2)) < 0.03 * 8_000


def test_pcm_goes_through_and_half_samples_wait_for_their_other_half() -> None:
    """A delta that is cut in mid-sample is no noise."""
    decoder = WireDecoder(m.AudioPcm())
    assert decoder.decode(b"\x01\x02\x03") + decoder.decode(b"\x04") == b"\x01\x02\x03\x04"
    assert WireEncoder(m.AudioPcm()).encode(b"\x01\x02") == b"\x01\x02"
