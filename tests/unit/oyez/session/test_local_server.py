"""The way to the local server in the house."""

import ssl
from pathlib import Path

import pytest

from oyez.config import Config, Line
from oyez.errors import ConfigError
from oyez.front_door import _local_server
from oyez.secret import Secret
from oyez.session.dialler import Dialler
from oyez.session.local_server import LocalKey, LocalServer
from tests.doubles.certificate import make_certificate
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, Silence, scripted_realtime

URL = "ws://127.0.0.1:8765/v1/realtime"


async def test_its_key_never_ends_and_is_shown_to_nobody() -> None:
    server = LocalServer(URL, Secret("key-of-the-house"))
    token = await LocalKey(server).get()
    assert token.value == "key-of-the-house"
    assert token.life.usable(1e12)
    assert "key-of-the-house" not in f"{server!r} {token!r}"


async def test_one_that_asks_for_no_key_is_sent_none() -> None:
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as server:
        await Dialler(Line(), LocalKey(LocalServer(server.url)), lambda: 0.0, "local").knock()
        assert "authorization" not in server.headers[0]


async def test_a_certificate_of_the_house_is_enough(tmp_path: Path) -> None:
    """And the address of the service, where one is configured, is not asked."""
    certificate, key = make_certificate(tmp_path)
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(certificate, key)
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()], tls=theirs) as server:
        line = Line(realtime_url="ws://127.0.0.1:9/", local_url=server.url, local_ca_file=str(certificate))
        local = _local_server(Config(line=line))
        assert local is not None
        await Dialler(line, LocalKey(local), lambda: 0.0, "local", local.tls).knock()
        assert server.paths == ["/v1/realtime?model=test"]


async def test_the_model_is_asked_for_unless_the_address_names_one() -> None:
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as server:
        url = server.url.partition("?")[0]
        await Dialler(Line(), LocalKey(LocalServer(url)), lambda: 0.0, "local").knock()
        assert server.paths == ["/v1/realtime?model=oyez-local"]


def test_without_an_address_there_is_none() -> None:
    assert _local_server(Config()) is None


def test_its_key_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("key-of-the-house\n")
    local = _local_server(Config(line=Line(local_url=URL, local_key_file=str(file))))
    assert local is not None
    assert local.key is not None
    assert local.key.reveal() == "key-of-the-house"


@pytest.mark.parametrize("text", [None, "no PEM"])
def test_an_authority_that_cannot_be_used_is_a_mistake_of_the_configuration(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match=r"line\.local_ca_file"):
        _local_server(Config(line=Line(local_url=URL.replace("ws:", "wss:"), local_ca_file=str(file))))
