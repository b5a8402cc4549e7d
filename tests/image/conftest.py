"""One device's life, for the whole session: it is flashed, is set up wrongly, then rightly, and then lives on."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doubles.recordings import wake_word
from tests.image import images as builder, install, room
from tests.image.card import Card
from tests.image.device import BOOT_S, USB_RATE_HZ, Device, Key, forget_key, logged_blocks, make_key, usb_sound
from tests.image.house import House, house as a_house
from tests.image.images import BUILD, Images
from tests.image.logbook import Logbook

PATIENCE_S = 1800
"""For one test with what it stands on: the first one may have to build images."""
GOOD = "systemctl is-active -q oyez && systemctl is-active -q oyez-promote"
"""Ends well once a start counts as good."""
SECRETS = {"mqtt_password": "a-password-that-nobody-asks-for"}
LIGHT = """
[[tools]]
name = "set_light"
description = "Switch a light on or off."
topic = "house/light/{name}/set"
payload = "{on}"
answer = "The {name} is {on}."
[tools.parameters.name]
description = "Which light."
[tools.parameters.on]
type = "boolean"
"""
JOURNAL_TO_CONSOLE = "systemd.journald.forward_to_console=1"
WAV_HEAD_BYTES = 44
WRONG_PASSWORD = "brief"
"""Too short for any Wi-Fi."""


def spoilt(good_file: str) -> str:
    """With a text for a number, a table that does not exist, and a password that no network can have."""
    told = re.sub(r"^port = (\d+)$", 'port = "\\1"', good_file, count=1, flags=re.MULTILINE)
    return f'{told}[speeking]\nvolume = 0.5\n[wifi]\ncountry = "DE"\nssid = "Home"\npassword = "{WRONG_PASSWORD}"\n'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def logbook() -> Iterator[Logbook]:
    """What was booted, why, and how long it took: build/test-image/boots.md."""
    book = Logbook(time.monotonic())
    yield book
    book.write(BUILD / "boots.md")


@pytest.fixture(scope="session")
def images() -> Images:
    if reason := install.why_not():
        pytest.skip(reason)
    return builder.built()


@pytest.fixture(scope="session")
def scratch() -> Path:
    folder = BUILD / "run"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    return folder


@pytest.fixture(scope="session")
def key() -> Iterator[Key]:
    made = make_key()
    yield made
    forget_key(made)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="session")
def good_file(house: House, key: Key) -> str:
    """An oyez.toml as a person would write it."""
    system = f'[system]\nhostname = "kitchen"\ntime_zone = "Europe/Berlin"\nssh_keys = ["{key.public}"]\n'
    secrets = {"device_key": house.world.device_key, **SECRETS}
    told = "".join(f'{name} = "{value}"\n' for name, value in secrets.items())
    return f"{house.config()}{room.BOARD}{LIGHT}{system}[secrets]\n{told}"


@dataclass
class Beginning:
    """What the card's boot partition had after the start with a bad file, and what was heard of it."""

    problems: str
    bad_file_stayed: bool
    said: str
    """What the journal had of it on the console: what is in the journal's file may be lost with the power."""
    sounded_s: float
    """How long anything sounded from the only sound card that there was, one on USB."""


@pytest.fixture(scope="session")
def card(images: Images, scratch: Path) -> Card:
    """Newly flashed."""
    return Card(images.image, scratch / "card.qcow2")


@pytest.fixture(scope="session")
def beginning(card: Card, key: Key, good_file: str, scratch: Path, logbook: Logbook) -> Beginning:
    """The first start of all, with a bad file and a sound card on USB."""
    heard = scratch / "usb.wav"
    card.put({**room.arguments(JOURNAL_TO_CONSOLE), "oyez.toml": spoilt(good_file)})
    with logbook.of(
        "first start, with a bad oyez.toml", Device(card, scratch, key, options=usb_sound(heard))
    ) as device:
        said = device.console.expect(r"Said aloud: \w+", BOOT_S)
        device.console.expect(r"Failed to start oyez-first-boot", BOOT_S)
        device.console.expect(r"Reached target multi-user", BOOT_S)
    told = card.read("oyez-problems.txt") or b""
    stayed = card.read("oyez.toml") == (spoilt(good_file)).encode()
    return Beginning(told.decode(), stayed, said, room.sounding_s(USB_RATE_HZ, 2, heard.read_bytes()[WAV_HEAD_BYTES:]))


@pytest.fixture(scope="session")
def wake_words() -> bytes:
    """A room in which somebody says the wake word all the time: each time a person, then three seconds of nothing."""
    pause = room.hiss(3.0)
    return b"".join(room.said(wake_word("alexa", nth)) + pause.tobytes() for nth in range(4))


@dataclass
class Settled:
    """A device that was set up, is ready, and runs; all that it writes to its card from now on is kept in order."""

    device: Device
    first_wake_s: float
    """From U-Boot's first words until the broker was told of a wake word."""
    card_before: Path
    """Raw, as it was before this start."""
    writes: Path
    """Of this start and all later ones, until the machine ends (tests/image/writes.py)."""


@pytest.fixture(scope="session")
def settled(
    beginning: Beginning, card: Card, key: Key, good_file: str, scratch: Path, logbook: Logbook, house: House,
    wake_words: bytes,
) -> Iterator[Settled]:  # fmt: skip
    """The second start: the file was mended. Somebody calls the device while it starts."""
    card.put({**room.files(), "oyez.toml": good_file, room.HISS: wake_words})
    before, writes = scratch / "before.raw", scratch / "writes.log"
    card.copy_to(before)
    after = house.now
    recorded = Device(card, scratch, key, blocks=logged_blocks(card, writes))
    with logbook.of("start with a good oyez.toml", recorded) as device:
        device.reached()
        house.told("event/wake", after=after, timeout_s=BOOT_S)
        heard_s = time.monotonic() - device.boots()[-1].began_s
        device.put_bytes(f"/boot/firmware/{room.HISS}", room.hiss().tobytes())
        device.until(GOOD, 300.0)
        yield Settled(device, heard_s, before, writes)


@pytest.fixture
def device(settled: Settled) -> Device:
    """The one that was set up, hears, and is in nobody's conversation."""
    settled.device.until("! grep -q conversation /run/oyez/proof.json", 120.0)
    return settled.device
