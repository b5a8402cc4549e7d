"""What stands beside a release."""

from oyez_image.publishing import Release, notes, os_list

RELEASE = Release(
    version="1.2.3",
    epoch_s=1_763_700_000,
    address="https://example.org/oyez",
    website="https://example.org",
    image="oyez-1.2.3.img.xz",
    image_bytes=1_883_242_496,
    image_sha256="a" * 64,
    packed_bytes=120_000_000,
    packed_sha256="b" * 64,
)
CHANGELOG = """# Changelog

## [Unreleased]

### Added
- Later.

## [1.2.3] - 2026-01-01

### Fixed
- This.
"""


def test_imager_is_told_size_and_sum_of_what_it_writes_and_of_what_it_fetches() -> None:
    (entry,) = os_list(RELEASE)["os_list"]
    assert (entry["extract_size"], entry["extract_sha256"]) == (1_883_242_496, "a" * 64)
    assert (entry["image_download_size"], entry["image_download_sha256"]) == (120_000_000, "b" * 64)
    assert entry["url"] == "https://example.org/oyez/oyez-1.2.3.img.xz"
    assert entry["bmap_url"] == "https://example.org/oyez/oyez-1.2.3.img.bmap"
    assert entry["release_date"] == "2025-11-21"


def test_every_device_that_imager_offers_finds_the_image() -> None:
    document = os_list(RELEASE)
    tags = {tag for device in document["imager"]["devices"] for tag in device["tags"]}
    assert tags == set(document["os_list"][0]["devices"])


def test_imager_customises_by_the_one_file_that_first_boot_reads() -> None:
    assert os_list(RELEASE)["os_list"][0]["init_format"] == "rpi-preseed"


def test_the_notes_are_the_chapter_of_the_version_or_of_what_is_not_released_yet() -> None:
    assert notes(CHANGELOG, "1.2.3") == "# Oyez 1.2.3\n\n### Fixed\n- This.\n"
    assert "- Later." in notes(CHANGELOG, "9.9.9")
