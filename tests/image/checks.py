"""What must hold on a flashed device that is ready, each asked by one command over ssh: under QEMU and on a real board
alike. `judged` is pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Judge = Callable[[str], str]
"""What the command printed -> what is wrong with it; empty: nothing."""
PROVED = ("microphone", "scoring", "loudspeaker", "conductor", "broker", "token")
"""Of proof.json: true, or null where it is not configured."""
PROOF = "/run/oyez/proof.json"
PROVED_SOON = f"for _ in $(seq 30); do grep -q false {PROOF} || break; sleep 2; done"
"""A minute at most: a token may be on its way, and a conversation leave an emulated processor behind for a while."""
UNANSWERED = ("68", "546", "5353")
"""UDP: what comes there was asked for: by DHCP, and for names that end in .local (docs/image.md)."""


@dataclass(frozen=True, slots=True)
class Check:
    what: str
    """A sentence that holds."""
    command: str
    judge: Judge


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    seen: str
    """The first line of what the command printed, or what was measured."""
    wrong: str
    """Empty: it holds."""


def _nothing(printed: str) -> str:
    return "" if not printed.strip() else f"there is: {printed.strip()[:300]}"


def _is(*wanted: str) -> Judge:
    return lambda printed: "" if printed.strip() in wanted else f"it is {printed.strip()[:300]!r}"


def _finds(pattern: str) -> Judge:
    return lambda printed: "" if re.search(pattern, printed, re.MULTILINE) else f"it says {printed.strip()[:300]!r}"


def _proves(printed: str) -> str:
    try:
        proof: dict[str, Any] = json.loads(printed)
    except ValueError:
        return "the daemon has proved nothing"
    lacking = [name for name in PROVED if proof.get(name) is False]
    return f"not proved: {', '.join(lacking)}; troubles: {proof.get('troubles')}" if lacking else ""


def _only_ssh(printed: str) -> str:
    foreign = sorted({line.split()[4] for line in printed.splitlines() if not _of_the_device(line)})
    return f"there listen: {', '.join(foreign)}" if foreign else ""


def _of_the_device(line: str) -> bool:
    """Of `ss -Htuln`: a socket that nobody outside can reach, or SSH, which its owner turned on."""
    words = line.split()
    if len(words) < 5:
        return True
    host, _, port = words[4].rpartition(":")
    return port == "22" or host.startswith(("127.", "[::1]")) or (words[0] == "udp" and port in UNANSWERED)


CHECKS = (
    Check("the daemon is ready", "systemctl is-active oyez", _is("active")),
    Check("the daemon proves that it hears, plays and reaches its services", f"{PROVED_SOON}; cat {PROOF}", _proves),
    Check("no unit has failed", "systemctl --failed --no-legend --plain", _nothing),
    Check("this start counts as good", "systemctl is-active oyez-promote", _is("active")),
    Check("the system cannot be written to", "touch /usr/bin/x /etc/x 2>&1 | sort -u", _finds("Read-only file system")),
    Check(
        "the data partition reaches to the end of the card", "/usr/lib/oyez/grow-data 2>&1", _finds("(?i)nothing to do")
    ),
    Check(
        "all that is kept is kept on the card", "findmnt -no FSTYPE /data; test ! -e /run/oyez-volatile", _is("ext4")
    ),
    Check("nobody can log in with a password", "cut -d: -f2 /etc/shadow | grep -v '^[*!]' || true", _nothing),
    Check("no port is open but SSH", "ss -Htuln | grep -v '^$' || true", _only_ssh),
    Check(
        "secrets are for root alone",
        "find /data/etc/credstore -type f ! -perm 600 -o -type f ! -user root; stat -c '%a %U' /data/etc/credstore",
        _is("700 root"),
    ),
    Check("no oyez.toml waits on the boot partition", "ls /boot/firmware/oyez.toml 2>/dev/null || true", _nothing),
    Check("the journal has a bound", "systemd-analyze cat-config systemd/journald.conf", _finds("^SystemMaxUse=")),
    Check(
        "RAUC knows two systems, and the one that runs is good",
        "rauc status --output-format=json",
        _finds(r'"state":\s*"booted".*"boot_status":\s*"good"'),
    ),
    Check(
        "the clock is no earlier than the image",
        "test $(date +%s) -ge $(stat -c %Y /usr/lib/clock-epoch) && date -Is",
        _finds("^20"),
    ),
)


def judged(check: Check, printed: str) -> Row:
    first = next(iter(printed.strip().splitlines()), "")
    return Row(check.what, first[:100], check.judge(printed))


def times(analyzed: str, ready_s: float | None) -> list[Row]:
    """Of `systemd-analyze time`; ready_s: since the kernel began, when the daemon was ready."""
    found = {name: seconds(value) for value, name in re.findall(r"((?:[\d.]+(?:min|ms|s) ?)+)\((\w+)\)", analyzed)}
    rows = [Row(f"time of the {name}", f"{value:.1f} s", "") for name, value in found.items()]
    return rows + (
        [Row("from the kernel's start until the daemon was ready", f"{ready_s:.1f} s", "")] if ready_s else []
    )


def seconds(text: str) -> float:
    """`1min 2.5s` in seconds."""
    units = {"min": 60.0, "s": 1.0, "ms": 0.001}
    return sum(float(value) * units[unit] for value, unit in re.findall(r"([\d.]+)(min|ms|s)", text))


def table(rows: list[Row]) -> str:
    """As a page of Markdown has it."""
    lines = ["| what must hold | holds | seen |", "|---|---|---|"]
    for row in rows:
        seen = (row.wrong or row.seen).replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {row.what} | {'**no**' if row.wrong else 'yes'} | {seen} |")
    return "\n".join([*lines, ""])
