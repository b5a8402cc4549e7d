"""The bill of materials."""

import json
from pathlib import Path

from oyez_image.bill import debian_parts, document, licences, wheel_part

STATUS = """Package: rauc
Status: install ok installed
Version: 1.13-3+deb13u1
Architecture: arm64
Description: updater
 Which has more
 .
 lines.

Package: gone
Status: deinstall ok config-files
Version: 1
Architecture: all
"""
COPYRIGHT = "Format: x\n\nFiles: *\nLicense: LGPL-2.1+\n\nFiles: a\nLicense:\n GPL-3+\n\nLicense: GPL-3+\n Text.\n"


def test_what_is_installed_is_listed_and_what_is_not_is_not(tmp_path: Path) -> None:
    (tmp_path / "rauc").mkdir()
    (tmp_path / "rauc/copyright").write_text(COPYRIGHT)
    (part,) = debian_parts(STATUS, tmp_path)
    assert part.purl == "pkg:deb/debian/rauc@1.13-3%2Bdeb13u1?arch=arm64&distro=trixie"
    assert part.licences == ("GPL-3+", "LGPL-2.1+")


def test_a_copyright_file_for_people_alone_gives_no_licences() -> None:
    assert licences("This is free software; see LICENSE: there.\n") == ()


def test_a_wheel_says_its_licence_in_one_of_three_ways() -> None:
    head = "Metadata-Version: 2.4\nName: Some_Thing\nVersion: 1.0\n"
    assert wheel_part(head + "License-Expression: MIT\n").licences == ("MIT",)
    assert wheel_part(head + "License: BSD\n").licences == ("BSD",)
    classified = head + "Classifier: License :: OSI Approved :: MIT License\n"
    assert wheel_part(classified).licences == ("MIT License",)
    assert wheel_part(head).licences == ()
    assert wheel_part(head).purl == "pkg:pypi/some-thing@1.0"


def test_the_same_parts_give_the_same_document_in_any_order(tmp_path: Path) -> None:
    parts = [*debian_parts(STATUS, tmp_path), wheel_part("Name: x\nVersion: 1\n")]
    once = json.dumps(document("1.2.3", "abc", 1_700_000_000, parts))
    assert json.dumps(document("1.2.3", "abc", 1_700_000_000, reversed(parts))) == once
    assert json.dumps(document("1.2.4", "abc", 1_700_000_000, parts)) != once
