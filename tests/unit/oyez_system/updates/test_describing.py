"""release.json of a bundle."""

from pathlib import Path

import pytest

from oyez_system.updates.describing import describe
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import decode

URL = "https://updates.example.org/release.json"


@pytest.mark.parametrize("min_version", ["", "1.0.0"])
def test_what_is_written_for_a_bundle_is_what_a_device_understands(tmp_path: Path, min_version: str) -> None:
    bundle = tmp_path / "oyez-1.1.0.raucb"
    bundle.write_bytes(b"bundle")
    release = decode(describe(bundle, "1.1.0", min_version=min_version), URL, allow_http=False)
    assert (release.version, release.size, release.min_version) == ("1.1.0", 6, min_version)
    assert release.bundle == "https://updates.example.org/oyez-1.1.0.raucb"


def test_a_bundle_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        describe(tmp_path / "none.raucb", "1.1.0")
