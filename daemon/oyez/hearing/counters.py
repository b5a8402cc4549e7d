"""What the ears count, for whoever asks how they are."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Written by the ears alone."""

    frames_heard: int = 0
    """Frames taken from the card, muted ones too."""
    frames_scored: int = 0
    """Frames in which the wake word was looked for."""
    scoring_skipped: int = 0
    """Frames in which it was not, because the machine was too slow."""
    last_heard_s: float = 0.0
    """Monotonic time at which a frame was last taken."""
    last_scored_s: float = 0.0
    tap_bytes: int = 0
    """All that ever left through the tap."""
