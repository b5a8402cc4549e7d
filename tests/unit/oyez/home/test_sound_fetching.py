"""Sounds are fetched from hosts that are allowed and read from one folder; everything else is refused in words."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from oyez.home import sound_fetching
from oyez.home.sound_fetching import LARGEST_BYTES, MOST_REDIRECTS, CannotFetch, fetch, read
from tests.doubles.processes import free_port
from tests.doubles.sound_server import Page, SoundServer, leads_to, sound_server

HERE = ("127.0.0.1",)
BELL = Page(b"RIFFbell")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[SoundServer]:
    async with sound_server(bell=BELL) as sounds:
        yield sounds


async def test_a_sound_is_fetched_also_through_redirects(http: httpx.AsyncClient, server: SoundServer) -> None:
    """Whole addresses and paths, as many as are allowed."""
    server.pages |= {"/one": leads_to("/two"), "/two": leads_to(server.address("/three")), "/three": leads_to("bell")}
    assert await fetch(http, server.address("/bell"), HERE) == BELL.body
    assert await fetch(http, server.address("/one"), ("*",)) == BELL.body
    assert server.asked[-4:] == ["/one", "/two", "/three", "/bell"]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(status=404), "127.0.0.1 answered 404"),
        (Page(status=302), "answered 302"),
        (leads_to("/page"), f"more than {MOST_REDIRECTS} redirects"),
        (leads_to("file:///etc/passwd"), "Only http"),
        (leads_to("http://localhost/bell"), "localhost is no host that home.announce_from allows"),
        (leads_to("http://169.254.169.254/latest"), "169.254.169.254 is no host"),
        (leads_to("http://me:secret@127.0.0.1/"), "name or password"),
        (leads_to("http://[::bad/"), "cannot be"),
        (Page(b"x", headers=(("Content-Encoding", "gzip"),)), "packed"),
        (Page(bytes(1 << 20), endless=True), "larger than 20 MB"),
        (Page(bytes(LARGEST_BYTES + 1)), "larger than 20 MB"),
    ],
)
async def test_what_must_not_or_cannot_be_fetched_is_refused_with_a_sentence(
    http: httpx.AsyncClient, server: SoundServer, page: Page, why: str
) -> None:
    server.pages["/page"] = page
    with pytest.raises(CannotFetch, match=why) as refused:
        await fetch(http, server.address("/page"), HERE)
    assert "secret" not in str(refused.value)
    assert "/page" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://xn--/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://a..b/",
        "http://[::",
        "http:///x",
        "http:",
    ],
)
async def test_an_address_that_is_none_is_refused_with_a_sentence(http: httpx.AsyncClient, address: str) -> None:
    with pytest.raises(CannotFetch):
        await fetch(http, address, ("*",))


async def test_a_host_that_is_not_allowed_is_never_asked(http: httpx.AsyncClient, server: SoundServer) -> None:
    with pytest.raises(CannotFetch, match=r"announce_from"):
        await fetch(http, server.address("/bell"), ("homeassistant.local",))
    assert server.asked == []


async def test_a_server_that_is_away_or_silent_is_given_up(
    http: httpx.AsyncClient, server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_fetching, "FETCH_S", 0.2)
    server.pages["/never"] = Page(silent=True)
    with pytest.raises(CannotFetch, match="within"):
        await fetch(http, server.address("/never"), HERE)
    with pytest.raises(CannotFetch, match=r"cannot be fetched from 127.0.0.1"):
        await fetch(http, f"http://127.0.0.1:{free_port()}/bell", HERE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a bell, beside a secret."""
    (tmp_path / "secret.wav").write_bytes(b"secret")
    inside = tmp_path / "sounds"
    inside.mkdir()
    (inside / "bell.wav").write_bytes(b"bell")
    return inside


def test_a_file_is_read_by_its_name_and_through_links_within_the_folder(folder: Path) -> None:
    (folder / "alarm.wav").symlink_to("bell.wav")
    linked = folder.parent / "elsewhere"
    linked.symlink_to(folder)
    assert read(str(folder), "bell.wav") == read(str(folder), "alarm.wav") == read(str(linked), "bell.wav") == b"bell"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.wav", "cannot be read"),
        ("out.wav", "leads out of"),
        ("../secret.wav", "leads out of"),
        ("round.wav", "cannot be read"),
        ("pipe", "no file"),
        ("below", "cannot be read|no file"),
        ("a" * 300, "cannot be read"),
        ("a\0b", "cannot be read"),
        ("large.wav", "larger than 20 MB"),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused_with_a_sentence(folder: Path, name: str, why: str) -> None:
    """A pipe holds nobody up."""
    (folder / "out.wav").symlink_to(folder.parent / "secret.wav")
    (folder / "round.wav").symlink_to("round.wav")
    (folder / "below").mkdir()
    os.mkfifo(folder / "pipe")
    with (folder / "large.wav").open("wb") as large:
        large.truncate(LARGEST_BYTES + 1)
    with pytest.raises(CannotFetch, match=why):
        read(str(folder), name)


def test_without_a_folder_no_file_can_be_named(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path / "gone")):
        with pytest.raises(CannotFetch, match=r"home.audio_folder"):
            read(folder, "bell.wav")
