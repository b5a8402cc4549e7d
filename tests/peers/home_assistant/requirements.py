"""Prints what Home Assistant would fetch at its start for the integrations named: run by its own Python.

Home Assistant installs the packages of an integration when it is first used. Ours has no network then: all are
installed beforehand, for those named, what they depend on, and what every Home Assistant loads.
"""

import json
import sys
from pathlib import Path

import homeassistant
from homeassistant import bootstrap

COMPONENTS = Path(homeassistant.__file__).parent / "components"
NOT_WANTED = {"cloud", "go2rtc"}


def manifest(name: str) -> dict[str, list[str]]:
    path = COMPONENTS / name / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def main(named: list[str]) -> None:
    waiting = set(named)
    for always in ("CORE_INTEGRATIONS", "DEFAULT_INTEGRATIONS", "FRONTEND_INTEGRATIONS"):
        waiting |= set(getattr(bootstrap, always, ()))
    # A config flow may import what only `after_dependencies` names: that of MQTT does.
    waiting |= {other for name in named for other in manifest(name).get("after_dependencies", ())}
    done, packages = set(NOT_WANTED), set()
    while waiting - done:
        name = (waiting - done).pop()
        done.add(name)
        packages |= set(manifest(name).get("requirements", ()))
        waiting |= set(manifest(name).get("dependencies", ()))
    print("\n".join(sorted(packages)))


main(sys.argv[1:])
