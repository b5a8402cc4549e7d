"""Pure: what three recordings would have sounded like elsewhere: louder, faster, farther away, in noise, in a room."""

import numpy as np

from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import RATE_HZ


def scaled(sound: Mono, gain_db: float) -> Mono:
    """Louder or quieter; what does not fit is clipped."""
    return _int16(sound * 10 ** (gain_db / 20))


def faster(sound: Mono, factor: float) -> Mono:
    """As a tape that runs `factor` times as fast: shorter, and higher in pitch."""
    places = np.arange(0, len(sound) - 1, factor)
    return _int16(np.interp(places, np.arange(len(sound)), sound))


def noisy(sound: Mono, snr_db: float, random: np.random.Generator) -> Mono:
    """Under noise whose power falls by 0 to 6 dB an octave, `snr_db` under the sound's loud parts."""
    spectrum = np.fft.rfft(random.standard_normal(len(sound)))
    hz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 60.0)
    noise = np.fft.irfft(spectrum / hz ** random.uniform(0.0, 1.0), len(sound))
    level = loud_rms(sound) * 10 ** (-snr_db / 20)
    return _int16(sound + noise * level / max(float(np.sqrt((noise**2).mean())), 1e-12))


def echoing(sound: Mono, rt60_s: float, random: np.random.Generator) -> Mono:
    """In a room that echoes for `rt60_s`, at its old level: the talker a metre or more away.

    A direct sound, then noise that decays by 60 dB in rt60_s (Polack's model of the diffuse field), duller as it goes.
    """
    length = int(min(rt60_s, 0.8) * RATE_HZ)
    tail = random.standard_normal(length) * 10 ** (-3 * np.arange(length) / (rt60_s * RATE_HZ))
    tail = np.convolve(tail, [0.25, 0.5, 0.25], "same")
    tail[: int(0.003 * RATE_HZ)] = 0.0
    direct_to_echo_db = random.uniform(-3.0, 9.0)
    tail *= 10 ** (-direct_to_echo_db / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = 1 << (len(sound) + length).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
    return _int16(wet * loud_rms(sound) / max(loud_rms(wet), 1.0))


def loud_rms(sound: np.ndarray) -> float:
    """Level of the louder half of its 20 ms: how loud speech is, however much silence is around it."""
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320).astype(np.float64)
    if not len(frames):
        return 1.0
    power = np.sort((frames**2).mean(axis=1))
    return float(max(np.sqrt(power[len(power) // 2 :].mean()), 1e-3))


def _int16(sound: np.ndarray) -> Mono:
    whole: Mono = np.rint(sound).clip(-32_768, 32_767).astype(np.int16)
    return whole
