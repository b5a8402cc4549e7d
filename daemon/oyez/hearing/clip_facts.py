"""What the locker is told of a wake or a near miss. Pure."""

from oyez.hearing.locker.clips import ClipFacts
from oyez.hearing.wake.bank import Detection


def clip_facts(detection: Detection, at_s: float, snr_db: float | None, direction_deg: float | None) -> ClipFacts:
    """at_s: device time, seconds since 1970 in UTC."""
    return ClipFacts(
        word=detection.word,
        kind=detection.kind,
        score=min(1.0, max(0.0, detection.score)),
        threshold=detection.threshold,
        at_s=at_s,
        why=detection.why,
        snr_db=snr_db,
        direction_deg=direction_deg,
    )
