"""What goes into the bundle: which program's words and which files, under which name. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

UNITS = (
    "oyez", "oyez-backend", "oyez-first-boot", "oyez-first-words", "oyez-grow-data", "oyez-host-keys", "oyez-local",
    "oyez-promote", "oyez-rescue", "oyez-reset", "oyez-reset-at-start", "oyez-trial-guard", "oyez-update",
    "oyez-update-install",
)  # fmt: skip
"""By name: a pattern that fits nothing in the journal's own list ends journalctl, and all that it would have said."""
_OURS = tuple(word for unit in UNITS for word in ("-u", unit))
PROGRAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "journal.txt": (
            "journalctl", "-b", *_OURS, "--no-pager", "--no-hostname", "-o", "short-iso", "-n", "4000",
        ),
        "journal-before.txt": (
            "journalctl", "-b", "-1", *_OURS, "--no-pager", "--no-hostname", "-o", "short-iso", "-n", "1000",
        ),
        "network.txt": (
            "journalctl", "-b", "-u", "wpa_supplicant@wlan0", "-u", "systemd-networkd", "-u", "systemd-timesyncd",
            "--no-pager", "--no-hostname", "-o", "short-iso", "-n", "500",
        ),
        "kernel.txt": ("journalctl", "-b", "-k", "--no-pager", "--no-hostname", "-o", "short-monotonic"),
        "units.txt": ("systemctl", "list-units", "oyez*", "--all", "--no-pager", "--plain"),
        "failed.txt": ("systemctl", "--failed", "--no-pager", "--plain"),
        "service.txt": (
            "systemctl", "show", "oyez.service", "--property",
            "ActiveState,SubState,Result,ExecMainStatus,NRestarts,MemoryPeak,TasksCurrent,StatusText",
        ),
        "start.txt": ("systemd-analyze", "blame", "--no-pager"),
        "slots.txt": ("rauc", "status", "--detailed"),
        "disk.txt": ("df", "-h"),
        "memory.txt": ("free", "-m"),
        "cards.txt": ("aplay", "-l"),
    }
)  # fmt: skip
FILES: Mapping[str, str] = MappingProxyType(
    {
        "system.txt": "usr/lib/os-release",
        "model.txt": "proc/device-tree/model",
        "alsa.txt": "proc/asound/cards",
        "update.json": "var/lib/oyez-system/update.json",
        "rescue.json": "var/lib/oyez-system/rescue.json",
        "first-boot.json": "var/lib/oyez-system/first-boot.json",
        "life.json": "var/lib/oyez/life.json",
        "proof.json": "run/oyez/proof.json",
        "board.txt": "boot/firmware/board.txt",
        "config.txt": "boot/firmware/config.txt",
        "problems.txt": "boot/firmware/oyez-problems.txt",
    }
)
"""Below the root; one that is not there is left out."""
MUST_TELL = frozenset(
    (
        "journal.txt", "kernel.txt", "units.txt", "failed.txt", "service.txt", "start.txt", "slots.txt", "disk.txt",
        "memory.txt", "system.txt",
    )
)  # fmt: skip
"""Parts that have something on every device that runs. Of a first start there is no journal before, and so on."""
NO_ENTRIES = "-- No entries --"
"""What journalctl says in place of nothing."""
TOLD_OF_THE_KERNEL = re.compile(
    r"snd|asoc|alsa|sound|codec|i2s|i2c|usb|mmc|ext4|voltage|throttl|thermal|watchdog|oom|killed|brcm|wlan|error|fail",
    re.IGNORECASE,
)
LARGEST_BYTES = 1 << 20
ABOUT = """What is in here was made by `oyez-system support` on {when}.

report.txt is the doctor's: what is wrong, what it means, and what to do. Below it lie the words of the system, and of
the last lives, updates and starts. Passwords, keys, tokens, addresses, names of networks, people and devices were
taken out of every file, and what was said in the room is in none. Look it over before you give it away.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """By a program."""

    text: str
    failed: str = ""
    """Why it is not all, or nothing; empty: it ended well."""


def lacking(name: str, said: Said) -> str:
    """What is wrong with a part, in a sentence; empty: nothing."""
    silent = said.text.strip() in ("", NO_ENTRIES)
    if said.failed and (silent or name in MUST_TELL):
        return f"{name} could not be read ({said.failed})."
    return f"{name} is empty, and it should not be." if silent and name in MUST_TELL else ""


def about(when: str, lacks: Sequence[str]) -> str:
    """README.txt. when: local time. lacks: as `lacking` says."""
    return ABOUT.format(when=when) + "".join(f"{line}\n" for line in warning(lacks))


def warning(lacks: Sequence[str]) -> list[str]:
    """Lines; none where nothing is lacking."""
    head = "ATTENTION: this is not all that it should be. Say so to whoever is to find the fault by it:"
    return ["", head, *(f"- {lack}" for lack in lacks)] if lacks else []


def shown(name: str, text: str) -> str:
    """What goes into the bundle of it: the end, where it is too long."""
    if name == "kernel.txt":
        text = "".join(f"{line}\n" for line in text.splitlines() if TOLD_OF_THE_KERNEL.search(line))
    return text if len(text) <= LARGEST_BYTES else f"[its beginning was left out]\n{text[-LARGEST_BYTES:]}"


def keys_of(table: Mapping[str, object], path: str = "") -> list[str]:
    """Which settings somebody made, without what they are."""
    told: list[str] = []
    for key, value in table.items():
        below = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            told += keys_of(value, below)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            told.append(f"{below}: {len(value)}")
        else:
            told.append(below)
    return told
