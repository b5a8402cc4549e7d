"""What the daemon has proved of itself: `/run/oyez/proof.json`, written by it every 2 s, read by who promotes a slot.

Pure but for the file. None in a field: it is not configured, so there is nothing to prove.
"""

from pathlib import Path

import msgspec

FILE = Path("/run/oyez/proof.json")
LARGEST_BYTES = 64 * 1024


class Proof(msgspec.Struct, frozen=True):
    """As the daemon writes it."""

    version: str
    since_boot_s: float
    """CLOCK_BOOTTIME when it was written."""
    microphone: bool
    """Sound came that was not all zeros, of late."""
    scoring: bool
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
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST_BYTES), type=Proof)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
