"""The files of a release: none of them points to a place that nobody named."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oyez_image import release
from oyez_image.settings import Settings, parsed
from oyez_image.tools import Tools
from oyez_system.updates.release import decode

SOURCE = Path(__file__).parents[3] / "image"


@dataclass(frozen=True, slots=True)
class Packing(Tools):
    """In place of the programs of the tool root."""

    def run(self, command: Sequence[str], *, log: str, **ignored: Any) -> None:
        for name in command[4:] if log == "pack.log" else ():
            for ending in (".xz", ".bmap"):
                (self.root / f"{name}{ending}").write_bytes(b"packed")


def published(folder: Path, *argv: str) -> tuple[Settings, list[str]]:
    settings = parsed(["--version", "1.2.3", "--out", str(folder), *argv], folder)
    (folder / "oyez-1.2.3.img").write_bytes(b"image")
    (folder / "oyez-1.2.3.raucb").write_bytes(b"bundle")
    return settings, release.publish(settings, Packing(folder, folder, folder, 0), SOURCE, "")


def test_with_an_address_imagers_list_and_the_notes_lie_there(tmp_path: Path) -> None:
    _, names = published(tmp_path, "--address", "https://example.org/oyez/")
    (entry,) = json.loads((tmp_path / "os_list.json").read_text())["os_list"]
    assert entry["url"] == "https://example.org/oyez/oyez-1.2.3.img.xz"
    told = decode((tmp_path / "release.json").read_bytes(), "https://example.org/oyez/release.json", allow_http=False)
    assert told.notes_url == "https://example.org/oyez/oyez-1.2.3.notes.md"
    assert {"os_list.json", "oyez.svg", "release.json"} <= set(names)


def test_without_an_address_there_is_no_list_and_a_device_finds_the_bundle_beside_release_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a list of an earlier build stay, which would point elsewhere."""
    published(tmp_path, "--address", "http://localhost:8000")
    _, names = published(tmp_path)
    assert "--address" in capsys.readouterr().out
    assert not {"os_list.json", "oyez.svg"} & {*names, *(path.name for path in tmp_path.iterdir())}
    assert "localhost" not in (tmp_path / "release.json").read_text()
    told = decode((tmp_path / "release.json").read_bytes(), "https://nas.example.org/x/release.json", allow_http=False)
    assert told.bundle == "https://nas.example.org/x/oyez-1.2.3.raucb"
    assert told.notes_url == ""
