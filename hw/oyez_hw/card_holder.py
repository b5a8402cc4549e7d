"""Who has a card open, as the kernel tells in /proc/asound: for the sentence that says that it is busy."""

import re
from dataclasses import dataclass
from pathlib import Path

_NAMED = re.compile(r":(?:CARD=)?(?P<card>[^,]+)(?:,(?:DEV=)?(?P<device>\d+))?")
_OWNER = re.compile(r"^owner_pid\s*:\s*(\d+)$", re.MULTILINE)
_LETTER = {"capture": "c", "playback": "p"}


@dataclass(frozen=True, slots=True)
class Holder:
    process: int
    program: str
    """Empty: it cannot be seen."""

    def __str__(self) -> str:
        return f"{self.program or 'a program'} (process {self.process})"


def holder(device: str, direction: str, proc: Path = Path("/proc")) -> Holder | None:
    """Of the PCM with this ALSA name, or of any where the name does not say which card (`default`). direction: capture
    or playback. None: nobody the kernel knows of, as with cards that are no kernel's."""
    card, number = card_of(device)
    pattern = f"pcm{'[0-9]*' if number is None else number}{_LETTER[direction]}/sub*/status"
    folder = proc / "asound"
    cards = [folder / (f"card{card}" if card.isdigit() else card)] if card else sorted(folder.glob("card[0-9]*"))
    for one in cards:
        for status in sorted(one.glob(pattern)):
            if (process := owner_of(_read(status))) is not None:
                return Holder(process, _read(proc / str(process) / "comm").strip())
    return None


def card_of(device: str) -> tuple[str, int | None]:
    """(card's number or id, device on it) of an ALSA name as `plughw:CARD=seeed,DEV=0`; ("", None): it names none."""
    found = _NAMED.search(device)
    if found is None or not re.fullmatch(r"\w+", found["card"]):
        return "", None
    return found["card"], int(found["device"]) if found["device"] else None


def with_card(device: str, card: str) -> str:
    """The same ALSA name on another card; a name of no card stays as it is."""
    found = _NAMED.search(device)
    return device[: found.start("card")] + card + device[found.end("card") :] if found else device


def owner_of(status: str) -> int | None:
    """The process in the text of /proc/asound/card*/pcm*/sub*/status; None: closed."""
    found = _OWNER.search(status)
    return int(found[1]) if found else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
