"""What a card gave, judged. Pure. Where a bound is our own choice, its comment says so."""

from collections.abc import Iterator, Sequence
from statistics import median

from oyez_hw.doctor.finding import Finding, from_sentence
from oyez_hw.doctor.sound_facts import Channel, SoundFigures
from oyez_hw.doctor.sound_figures import hears

DEAD_DBFS = -96.0
"""Half a step of 16 bits, RMS: no converter with a microphone behind it is so quiet."""
FAR_BELOW_DB = 25.0
"""Under the middle microphone: as the daemon's own watch over arrays holds it; a thumb over a hole costs some 15."""
UNEQUAL_DB = 6.0
"""Between microphones of one board at the same sound; beamforming loses by more. Our choice."""
NOISY_DBFS = -42.0
"""Speech from one metre lies at about -30 dBFS: under 12 dB over the noise wake words are missed (docs/wake.md)."""
LARGE_DC = 0.02
"""Of full scale: it costs headroom, and clicks where sound begins. Our choice; good converters stay under 0.001."""
CLIPPED_SHARE = 0.0005
"""Eight samples a second at 16 kHz. Our choice."""
INVERTED = -0.5
WRONG_CLOCK_PPM = 5000.0
"""USB audio is held to 2500 ppm (USB 2.0, 7.1.11, full speed), crystals to 100."""
LONG_DELAY_MS = 400.0
"""The echo canceller looks for the echo within half a second."""
LOUD_ECHO_DBFS = -3.0
OURS = "oyez"
"""As the kernel names the daemon's process."""


def judge_sound(figures: SoundFigures) -> Iterator[Finding]:
    yield from _format(figures)
    yield from _clock(figures)
    dead = [channel for channel in figures.channels if _is_dead(channel)]
    if dead and len(dead) == len(figures.channels):
        yield Finding(
            "microphone_silent",
            "trouble",
            "The microphone delivers nothing but zeros.",
            "The device hears nothing at all.",
            "Look at the mute switch and the capture controls (`alsamixer -V capture`), then at the cable.",
        )
        return
    yield from _weak(figures.channels, dead)
    living = [channel for channel in figures.channels if channel not in dead]
    yield from _each(living)
    yield from _unequal(living)
    yield from _inverted(living)
    yield from _lost(figures)
    yield from _echo(figures, living)


def held_by_us(program: str) -> bool:
    """The card is where it should be: the daemon has it."""
    return program == OURS


def card_failed(sentence: str) -> Finding:
    """The microphone could not be opened or read. sentence: of the driver's error."""
    kinds = {"in use": "card_busy", "there is no": "no_card", "card hangs": "card_hangs"}
    name = next((kind for words, kind in kinds.items() if words in sentence), "card_failed")
    return from_sentence(name, "trouble", sentence, "The device hears nothing until this is mended.")


def _format(figures: SoundFigures) -> Iterator[Finding]:
    if figures.microphones_wanted > figures.card_channels:
        yield Finding(
            "channels_missing",
            "trouble",
            f"The card delivers fewer channels than the configuration names: channel {figures.microphones_wanted - 1} "
            "is not there.",
            "Microphones that are configured are not heard; the rest may be taken for others.",
            "Correct board.capture_channels and [[board.microphones]], or board.capture_device (`oyez-hw list`).",
        )
    if figures.asked_rate_hz and figures.rate_hz != figures.asked_rate_hz:
        yield Finding(
            "rate_refused",
            "caution",
            f"The card delivers {figures.rate_hz} Hz where {figures.asked_rate_hz} Hz were asked for.",
            "It is resampled here, which costs processor time and nothing else.",
            f"Set board.capture_rate_hz to {figures.rate_hz}.",
        )


def _clock(figures: SoundFigures) -> Iterator[Finding]:
    error_ppm = figures.rate_error_ppm
    if error_ppm is None or not _clock_is_wrong(figures):
        return
    real_hz = figures.rate_hz * (1 + error_ppm * 1e-6)
    yield Finding(
        "rate_mismatch",
        "trouble",
        f"The card says {figures.rate_hz} Hz and delivers {real_hz:.0f} samples a second.",
        "All sound is too high or too low: wake words are missed, and the echo is not cancelled.",
        "Set board.capture_rate_hz to what the card really runs at (its data sheet says); put `plughw:` in place of "
        "`hw:` if it is refused.",
    )


def _clock_is_wrong(figures: SoundFigures) -> bool:
    """Also by the end of its interval that is nearer to right."""
    return abs(figures.rate_error_ppm or 0.0) - (figures.rate_unsure_ppm or 0.0) >= WRONG_CLOCK_PPM


def _is_dead(channel: Channel) -> bool:
    return max(channel.noise_dbfs, channel.sweep_dbfs or -120.0) <= DEAD_DBFS


def _weak(channels: Sequence[Channel], dead: Sequence[Channel]) -> Iterator[Finding]:
    levels = [_level(channel) for channel in channels if channel not in dead]
    for channel in channels:
        if channel in dead:
            what = f"Microphone {channel.number} delivers no sound, while others do."
        elif len(levels) > 1 and _level(channel) < (median(levels) if len(levels) > 2 else max(levels)) - FAR_BELOW_DB:
            what = f"Microphone {channel.number} hears next to nothing: {_level(channel):.0f} dBFS, the others more."
        else:
            continue
        yield Finding(
            "microphone_dead",
            "trouble",
            what,
            "The device listens without it: directions are wrong, and far talkers are understood worse.",
            "Look at its hole and its solder joints; if the channel carries no microphone, leave it out of "
            "[[board.microphones]].",
        )


def _level(channel: Channel) -> float:
    return channel.noise_dbfs if channel.sweep_dbfs is None else channel.sweep_dbfs


def _each(channels: Sequence[Channel]) -> Iterator[Finding]:
    """One finding for all that have the same fault, with the worst of them."""
    clipping = [channel for channel in channels if channel.clipped_share > CLIPPED_SHARE]
    if clipping:
        worst = max(channel.clipped_share for channel in clipping)
        yield Finding(
            "clipping",
            "trouble",
            f"{_named(clipping, 'clips', 'clip')}: {worst:.1%} of the samples are at full scale.",
            "Speech is distorted, and the echo of the own voice cannot be cancelled.",
            "Turn the capture gain down (`alsamixer -V capture`), or the loudspeaker.",
        )
    if shifted := [channel for channel in channels if abs(channel.dc) > LARGE_DC]:
        worst = max(abs(channel.dc) for channel in shifted)
        yield Finding(
            "dc",
            "caution",
            f"{_named(shifted, 'has', 'have')} a direct voltage of {worst:.1%} of full scale.",
            "It costs headroom, and makes clicks.",
            "Switch the card's high-pass filter on if its mixer has one; a broken microphone does it too.",
        )
    noisy = [one for one in channels if one.noise_dbfs > NOISY_DBFS and one not in clipping]
    if noisy:
        worst = max(channel.noise_dbfs for channel in noisy)
        yield Finding(
            "noisy",
            "caution",
            f"{_named(noisy, 'hears', 'hear')} {worst:.0f} dBFS while nobody speaks.",
            "Wake words are missed from a distance.",
            "Look for a fan or a hum, turn the capture gain down, feed the board from a better supply. "
            "If the room was loud just now, look again when it is quiet.",
        )


def _named(channels: Sequence[Channel], one: str, more: str) -> str:
    """`Microphone 2 clips`, `Microphones 0, 1 and 3 clip`."""
    numbers = [str(channel.number) for channel in channels]
    if len(numbers) == 1:
        return f"Microphone {numbers[0]} {one}"
    return f"Microphones {', '.join(numbers[:-1])} and {numbers[-1]} {more}"


def _unequal(channels: Sequence[Channel]) -> Iterator[Finding]:
    levels = {channel.number: channel.sweep_dbfs for channel in channels if hears(channel)}
    heard = {number: level for number, level in levels.items() if level is not None}
    if len(heard) < 2:
        return
    loudest, quietest = max(heard, key=lambda number: heard[number]), min(heard, key=lambda number: heard[number])
    apart = heard[loudest] - heard[quietest]
    if UNEQUAL_DB < apart < FAR_BELOW_DB:
        yield Finding(
            "unequal",
            "caution",
            f"Microphone {quietest} is {apart:.0f} dB quieter than microphone {loudest} at the same sound.",
            "Directions are less exact, and noise is taken away less.",
            f"Set gain_db of microphone {quietest} in [[board.microphones]] to what is missing, or clean its hole.",
        )


def _inverted(channels: Sequence[Channel]) -> Iterator[Finding]:
    """Of two nobody can say which one it is; of more the fewer are wrong."""
    known = {channel.number: channel.polarity for channel in channels if channel.polarity is not None}
    wrong = [number for number, polarity in known.items() if polarity <= INVERTED]
    right = [number for number, polarity in known.items() if polarity >= -INVERTED]
    if not wrong or not right:
        return
    if len(wrong) > len(right):
        wrong, right = right, wrong
    named = " and ".join(str(number) for number in sorted(wrong))
    sentence = f"Microphone {named} is inverted against the others."
    if len(wrong) == len(right) == 1:
        sentence = f"Microphones {right[0]} and {wrong[0]} have opposite polarity; one of them is inverted."
    yield Finding(
        "inverted",
        "trouble",
        sentence,
        "Together they cancel speech instead of adding it.",
        "Swap the wires of that microphone, or leave it out of [[board.microphones]].",
    )


def _lost(figures: SoundFigures) -> Iterator[Finding]:
    if figures.capture_xruns or figures.playback_xruns:
        yield Finding(
            "xruns",
            "caution",
            f"Sound was lost within a few seconds: {figures.capture_xruns} overrun(s), "
            f"{figures.playback_xruns} underrun(s).",
            "Words are cut, and the echo is cancelled badly.",
            "See what else keeps the processor busy (`top`), and connect a USB card without a hub.",
        )


def _echo(figures: SoundFigures, living: Sequence[Channel]) -> Iterator[Finding]:
    if figures.speaker_failed:
        meaning = "Nobody hears what the device says."
        yield from_sentence("no_loudspeaker", "trouble", figures.speaker_failed, meaning)
    if not figures.swept or not living or _clock_is_wrong(figures):  # a sweep at a wrong pitch is not found
        return
    if figures.echo_delay_ms is None:
        yield Finding(
            "loudspeaker_not_heard",
            "caution",
            "The microphones do not hear the device's own loudspeaker.",
            "With headphones that is right; else the loudspeaker is silent, and nobody hears the device.",
            "Look at the loudspeaker's cable and volume, and at board.playback_device (`oyez-hw play`).",
        )
        return
    if figures.echo_delay_ms > LONG_DELAY_MS:
        yield Finding(
            "long_echo",
            "caution",
            f"The device hears itself {figures.echo_delay_ms:.0f} ms later than the card says.",
            "The echo canceller may not find it, and the device interrupts itself.",
            "Name the card itself (`plughw:`) in board.playback_device, and no sound server or Bluetooth.",
        )
    if figures.echo_dbfs is not None and figures.echo_dbfs > LOUD_ECHO_DBFS:
        yield Finding(
            "loud_echo",
            "caution",
            f"The own loudspeaker drives the microphones to {figures.echo_dbfs:.0f} dBFS.",
            "Speech over an answer is not heard.",
            "Turn the loudspeaker or the capture gain down, or part them with foam.",
        )
