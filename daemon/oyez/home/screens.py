"""For lights, screens and scripts: how loud it is and from where, and what is being said. Pure.

Neither is retained, and neither is kept for a broker that is away: a moment later nobody wants it.
"""

import json
from typing import Any

from oyez import actions as do, events as ev
from oyez.home.topics import LONGEST_TEXT, Message, base, clip


def level(device_id: str, dbfs: float, snr_db: float, direction_deg: float | None) -> Message:
    """A few times a second. snr_db: above the room's noise. direction_deg: of the last speech; None: not known."""
    body = {
        "dbfs": round(dbfs, 1),
        "snr_db": round(snr_db, 1),
        "direction_deg": None if direction_deg is None else round(direction_deg) % 360,
    }
    return Message(f"{base(device_id)}/level", json.dumps(body).encode(), qos=0)


def caption(device_id: str, fact: object) -> Message | None:
    """What a screen is to show now; None: as before. fact: an event or an action."""
    match fact:
        case ev.TextHeard(text=text) if text:
            return _caption(device_id, "person", text)
        case ev.TextSaid(text=text) if text:
            return _caption(device_id, "device", text)
        case do.CloseSession():
            return _caption(device_id, "nobody", "")
        case _:
            return None


def _caption(device_id: str, speaker: str, text: str) -> Message:
    body: dict[str, Any] = {"speaker": speaker, "text": clip(text, LONGEST_TEXT)}
    return Message(f"{base(device_id)}/caption", json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), qos=0)
