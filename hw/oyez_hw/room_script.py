"""Pure but for load_script: who says what when in a Room. The file is described in docs/room.md."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oyez_hw.acoustics import Floats, mono_floats
from oyez_hw.ports import HardwareError
from oyez_hw.wav import read_wav

NotNegative = Annotated[float, Meta(ge=0.0)]
Level = Annotated[float, Meta(le=0.0, ge=-120.0)]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One recording spoken into the room: at a time, or after something that the room itself hears."""

    wav: str
    """Path, relative to the script's folder."""
    at_s: NotNegative | None = None
    """Seconds after the microphone was first opened."""
    after: Literal["start", "silence", "reply_begins", "reply_ends"] | None = None
    """What to wait for, once the step before has been spoken to its end; unset with no at_s: start."""
    delay_s: NotNegative = 0.0
    """So long after that."""
    level_dbfs: Level = -26.0
    """RMS of the spoken part at the microphone."""
    distance_m: NotNegative = 1.0
    """Delays the sound by its way through the air."""
    direction_deg: float | None = None
    """Where it comes from, 0 the device's front, 90 its right; unset: all microphones hear it at once."""
    impulse_response: str = ""
    """WAV of the way from mouth to microphone."""
    label: str = ""
    """Name in the record; empty: the file's name."""


class ScriptedEar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One microphone channel: where it sits, as in `[[board.microphones]]`, and how loud it is."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    gain_db: Annotated[float, Meta(ge=-120.0, le=40.0)] = 0.0
    inverted: bool = False
    dead: bool = False
    """Delivers zeros."""
    offset: Annotated[float, Meta(ge=-1.0, le=1.0)] = 0.0
    """Constant part (DC), as a share of full scale."""


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    steps: list[Step] = []
    noise_dbfs: Level | None = -65.0
    """Noise floor of each microphone; null: none."""
    seed: int = 1
    """Of the noise."""
    echo_gain_db: Annotated[float, Meta(le=40.0)] | None = -12.0
    """The device's own loudspeaker at its microphones; null: not heard."""
    echo_delay_ms: NotNegative = 20.0
    echo_response: str = ""
    """WAV of the way from loudspeaker to microphone."""
    loudspeaker_mm: tuple[float, float, float] | None = None
    """Where the loudspeaker sits, x, y, z as the ears: each hears it by its distance; null: all at once."""
    ears: list[ScriptedEar] = []
    """One a microphone channel; empty: all alike, at one place."""
    capture_drift_ppm: Annotated[float, Meta(ge=-1000.0, le=1000.0)] = 0.0
    """The microphones' clock runs so much fast against the loudspeaker's."""
    delay_error_ms: Annotated[float, Meta(ge=-1000.0, le=1000.0)] = 0.0
    """The loudspeaker's card reports so much more delay than there is; simulated board only."""
    reply_min_s: NotNegative = 0.6
    """So much sound of the loudspeaker makes a reply; less is a chime."""
    reply_gap_s: NotNegative = 0.7
    """So much silence ends it."""
    record_wav: str = ""
    """Prefix, relative to the script's folder: .loudspeaker.wav, .microphone.wav and .json are written on close."""


class Recording(msgspec.Struct, frozen=True):
    sound: Floats
    rate_hz: int


class LoadedScript(msgspec.Struct, frozen=True):
    script: Script
    folder: Path
    recordings: list[Recording]
    """One a step."""
    responses: list[Recording | None]
    """One a step."""
    echo_response: Recording | None


def load_script(path: Path) -> LoadedScript:
    """Reads the script and all that it names. Raises HardwareError that names the file and the place in it."""
    try:
        script = msgspec.json.decode(path.read_bytes(), type=Script)
    except OSError as error:
        raise HardwareError(f"the room script cannot be read ({error}): correct board.room_script") from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise HardwareError(f"the room script {path} is wrong: {error}; docs/room.md describes it") from error
    for number, step in enumerate(script.steps):
        if step.at_s is not None and step.after is not None:
            raise HardwareError(f"the room script {path} is wrong: steps[{number}] has both at_s and after; keep one")
    folder = path.parent
    return LoadedScript(
        script=script,
        folder=folder,
        recordings=[_read(folder, step.wav) for step in script.steps],
        responses=[_read(folder, step.impulse_response) if step.impulse_response else None for step in script.steps],
        echo_response=_read(folder, script.echo_response) if script.echo_response else None,
    )


def _read(folder: Path, name: str) -> Recording:
    try:
        samples, rate_hz = read_wav(folder / name)
        return Recording(mono_floats(samples), rate_hz)
    except (OSError, ValueError) as error:
        raise HardwareError(f"the room script names {name}, which cannot be used: {error}") from error
