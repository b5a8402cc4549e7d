"""Judges logs of oyez-local by the openai SDK's types: `build/peers/openai/bin/python -m tests.peers.validate LOG...`

Needs the SDK and nothing of ours. Prints a line for each finding and a count at the end; exits 1 when there was any.
A field that the SDK does not know is a finding, but for the three that the live service is known to add to a session.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, TypeAdapter, ValidationError

PERMITTED = frozenset({"session.id", "session.object", "session.expires_at"})
"""Paths of fields that the service sends and the SDK has no name for (reference, 1.3)."""

SERVER_EVENT: TypeAdapter[BaseModel] = TypeAdapter(RealtimeServerEvent)


def findings(event: Any) -> list[str]:
    """What the SDK has against one server event; [] for nothing."""
    try:
        parsed = SERVER_EVENT.validate_json(json.dumps(event), strict=True)
    except ValidationError as error:
        own = str(event.get("type")) if isinstance(event, dict) else "?"
        return [_sentence(detail, own) for detail in error.errors() if _concerns(detail["loc"], own)] or [
            f"{own}: no type of the SDK"
        ]
    return [f"{event['type']}: {path} is unknown to the SDK" for path in _extra(parsed) if path not in PERMITTED]


def _concerns(location: Sequence[int | str], own: str) -> bool:
    """A union tells of all its members: only the one of the event's own name says what is wrong."""
    wanted = own.replace("_", "").replace(".", "")
    return bool(location) and str(location[0]).lower().removesuffix("event") == wanted


def _sentence(detail: Any, own: str) -> str:
    return f"{own}: {'.'.join(str(part) for part in detail['loc'][1:])}: {detail['msg']}"


def _extra(value: Any, path: str = "") -> Iterator[str]:
    """Dotted paths of fields that are there and not declared."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}{name}"
        for name in type(value).model_fields:
            yield from _extra(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for one in value:
            yield from _extra(one, path)


def judged(lines: Iterable[str]) -> tuple[Counter[str], list[str]]:
    """How many events of each type were sent, and the findings, each once."""
    types: Counter[str] = Counter()
    found: dict[str, None] = {}
    for text in lines:
        line = json.loads(text)
        if line["direction"] == "out":
            types[line["type"]] += 1
            found.update(dict.fromkeys(findings(line["event"])))
    return types, list(found)


def main(logs: Sequence[str]) -> int:
    types, found = judged(line for log in logs for line in Path(log).read_text().splitlines())
    for finding in found:
        print(finding)
    print(json.dumps({"events": types.total(), "types": dict(sorted(types.items())), "findings": len(found)}))
    return 1 if found or not types else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the logs: files that oyez-local wrote with --log-events.")
    sys.exit(main(sys.argv[1:]))
