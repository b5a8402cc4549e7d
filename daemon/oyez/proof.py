"""What the daemon has proved of itself, as `/run/oyez/proof.json` has it. Pure but for the file.

Who decides whether a new version is kept, and who looks after a daemon that fails, reads it (docs/device.md). None in a
field: there is nothing to prove, because it is not configured, or because the microphone is off on purpose.
"""

from pathlib import Path

import msgspec

from oyez.foreign import read_foreign
from oyez.pen import write_whole

FILE = Path("/run/oyez/proof.json")
LARGEST_BYTES = 64 * 1024


class Proof(msgspec.Struct, frozen=True):
    """As the daemon writes it."""

    version: str
    since_boot_s: float
    """CLOCK_BOOTTIME when it was written."""
    microphone: bool | None
    """Sound came that was not all zeros, of late."""
    scoring: bool | None
    """It was searched for wake words, of late."""
    loudspeaker: bool
    """The card takes sound: what was played last became audible, or the card was opened and nothing is to be played."""
    conductor: bool
    broker: bool | None = None
    token: bool | None = None
    """The backend gave one in this life of the process."""
    troubles: tuple[str, ...] = ()
    """Names of the troubles of now, as in the state document."""
    busy: str = ""
    """What a restart would cut off now (conversation, announcement, ringing, ...); empty: nothing."""
    next_timer_s: float | None = None
    """Seconds to the next timer or alarm; None: there is none."""


def read(path: Path = FILE) -> Proof | None:
    """None: there is none, or none that is understood."""
    try:
        return msgspec.json.decode(read_foreign(path, LARGEST_BYTES), type=Proof)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write(path: Path, proof: Proof) -> None:
    """Raises OSError."""
    write_whole(path, msgspec.json.encode(proof))
