"""What the system tests measured of faults: kept over their runs in build/system/faults.json, shown in faults.md."""

import json
from dataclasses import asdict, dataclass

from tests.system.root import BUILD

NOTE = "A busy virtual machine with two cores; the newest run. Seconds from the fault to a daemon that is ready again."


@dataclass(frozen=True)
class Row:
    fault: str
    where: str
    """Container or guest."""
    seconds: float | None
    """None: it does not come back by itself, which is right."""
    told: str
    """What the next life, or the rescue, says of it."""


class FaultTable:
    def __init__(self) -> None:
        self._kept = BUILD / "faults.json"
        known = json.loads(self._kept.read_text()) if self._kept.is_file() else {}
        self._rows = {name: Row(**row) for name, row in known.items()}

    def note(self, fault: str, where: str, seconds: float | None, told: str) -> None:
        self._rows[fault] = Row(fault, where, None if seconds is None else round(seconds, 1), told)
        BUILD.mkdir(parents=True, exist_ok=True)
        self._kept.write_text(json.dumps({name: asdict(row) for name, row in sorted(self._rows.items())}, indent=1))
        (BUILD / "faults.md").write_text(self.page())

    def page(self) -> str:
        lines = [NOTE, "", "| fault | in | ready again, s | told |", "|---|---|---|---|"]
        for _, row in sorted(self._rows.items()):
            took = "–" if row.seconds is None else f"{row.seconds:g}"
            lines.append(f"| {row.fault} | {row.where} | {took} | {row.told} |")
        return "\n".join([*lines, ""])
