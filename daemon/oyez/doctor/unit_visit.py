"""What systemd tells of oyez.service."""

import asyncio
import shutil
from pathlib import Path

from oyez.doctor.facts import UnitFacts

ASKED = ("LoadState", "ActiveState", "Result", "ExecMainStatus", "NRestarts")


async def unit(root: Path, name: str = "oyez.service") -> UnitFacts | None:
    """None: there is no systemd, or it does not know the service."""
    if not (root / "run/systemd/system").is_dir() or (tool := shutil.which("systemctl")) is None:
        return None
    process = await asyncio.create_subprocess_exec(
        tool, "show", name, "--property", ",".join(ASKED),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await process.communicate()
    return told(output.decode("utf-8", "replace"))


def told(output: str) -> UnitFacts | None:
    """Of `systemctl show`: KEY=VALUE lines."""
    values = dict(line.split("=", 1) for line in output.splitlines() if "=" in line)
    if values.get("LoadState") != "loaded":
        return None
    return UnitFacts(
        active=values.get("ActiveState", ""),
        result=values.get("Result", ""),
        exit_code=_number(values.get("ExecMainStatus", "")),
        restarts=_number(values.get("NRestarts", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
