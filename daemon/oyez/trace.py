"""A record of what the daemon was told and what it ordered, one JSON line each, for the demo and for stories.

Words of the household stand in it, so it is written only where somebody asked for it (`oyez run --trace FILE`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec


@dataclass(frozen=True, slots=True)
class StateShown:
    """What was shown on MQTT."""

    state: str


class Trace:
    """Appends `{"time_s": monotonic, "what": class name, ...fields}`, unbuffered, so that it can be followed."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._file: IO[bytes] = path.open("ab", buffering=0)

    def __call__(self, fact: object) -> None:
        line: dict[str, Any] = {"time_s": round(self._clock(), 4), "what": type(fact).__name__}
        if is_dataclass(fact) and not isinstance(fact, type):
            line |= asdict(fact)
        self._file.write(msgspec.json.encode(line) + b"\n")

    def __enter__(self) -> "Trace":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
