"""`oyez-hw latency`: how long sound takes from this program through loudspeaker and microphone back into it."""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

from oyez_hw.boards import open_board
from oyez_hw.commands.cards import MEASURED_S, Known, add_both, known, rounded, seconds_up_to
from oyez_hw.commands.listening import heard
from oyez_hw.measuring.chirp import Chirp, train
from oyez_hw.measuring.loop_back import LoopBack

CHIRP = Chirp(0.15)
LEAST_CHIRPS = 8


def add_latency(command: argparse.ArgumentParser) -> None:
    add_both(command)
    command.add_argument(
        "--seconds", type=seconds_up_to(MEASURED_S), default=15.0, help="of chirps; the more, the surer of the drift"
    )
    command.add_argument("--level", type=float, default=-20.0, metavar="DBFS", help="peak of the chirps")
    command.add_argument("--channel", type=int, default=None, help="microphone to ask; unset: the one that hears best")


def latency(asked: argparse.Namespace) -> dict[str, Any]:
    """Raises HardwareError, NothingHeardError."""
    card, played = known(asked), train(CHIRP, asked.seconds, at_least=LEAST_CHIRPS)
    among = _asked(asked.channel, card)
    take, _, found = heard(open_board(card.settings), played, asked.level, "chirps from the loudspeaker", among)
    if not asked.json:
        print("\n".join(_sentences(found)))
    rates = {"capture_rate_hz": take.capture_hz, "playback_rate_hz": take.playback_hz}
    return {**rates, **_figures(found)}


def _asked(channel: int | None, card: Known) -> Callable[[int], list[int]]:
    """Which microphones to ask, of as many channels as the card delivers. Raises ValueError."""

    def among(delivered: int) -> list[int]:
        if channel is None:
            return card.microphones_of(delivered)
        if not 0 <= channel < delivered:
            raise ValueError(f"--channel is {channel}; the card delivers {delivered}, from 0: see --channels")
        return [channel]

    return among


def _figures(found: LoopBack) -> dict[str, Any]:
    figures: dict[str, Any] = rounded(
        {
            "chirps": found.chirps,
            "heard": found.found,
            "channel": found.channel,
            "round_trip_ms": _spread(found.round_trip_ms),
            "jitter_ms": float(np.std(found.round_trip_ms)),
            "card_delay_ms": float(np.median(found.card_ms)),
            "unexplained_ms": found.path_ms,
            "clock_jitter_ms": found.jitter_ms,
            "drift_ppm": found.drift_ppm,
            "drift_error_ppm": found.drift_error_ppm,
            "capture_clock_ppm": found.capture_ppm,
            "playback_clock_ppm": found.playback_ppm,
            "pulse_to_noise_db": found.pulse_to_noise_db,
            "inverted": found.inverted,
            "overruns": found.overruns,
            "underruns": found.underruns,
            "round_trips_ms": [float(one) for one in found.round_trip_ms],
        }
    )
    return figures


def _spread(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    names = {"p5": 5, "median": 50, "p95": 95}
    return {name: float(np.percentile(values, percent)) for name, percent in names.items()}


def _sentences(found: LoopBack) -> list[str]:
    trip = _spread(found.round_trip_ms)
    faster = "faster" if found.drift_ppm > 0 else "slower"
    told = abs(found.drift_ppm) > found.drift_error_ppm
    what = f"the microphone's clock is {faster} than the loudspeaker's" if told else "none that can be told"
    lines = [
        f"round trip   {trip['median']:8.2f} ms  (median of {found.found} chirps; 5 % below {trip['p5']:.2f}, "
        f"5 % above {trip['p95']:.2f}, jitter {np.std(found.round_trip_ms):.2f})",
        f"  card says  {np.median(found.card_ms):8.2f} ms  of it, as its delay when a frame is given",
        f"  the rest   {found.path_ms:8.2f} ms  air, converters, and what the card does not tell or tells wrongly",
        f"drift        {found.drift_ppm:8.2f} ppm +- {found.drift_error_ppm:.2f} (95 %): {what}",
        f"heard        {found.found} of {found.chirps} chirps by channel {found.channel}, "
        f"{found.pulse_to_noise_db:.0f} dB over the noise, polarity {'turned' if found.inverted else 'as played'}",
    ]
    if found.path_ms < 0:
        lines.append("The card tells more delay than there is: `oyez-hw calibrate` keeps by how much, for the daemon.")
    if found.overruns or found.underruns:
        lines.append(
            f"{found.overruns} overrun(s) and {found.underruns} underrun(s) meanwhile: only the longest stretch "
            "without one counts. The machine was busy, or the card's buffer is too small."
        )
    return lines
