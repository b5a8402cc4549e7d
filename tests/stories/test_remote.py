"""The commands that talk to a running daemon, over a real mosquitto, with the exit codes of the contract."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from oyez.__main__ import main
from oyez.config import Home
from oyez.events import SayAsked
from oyez.home.deeds import Deed, FetchSound
from oyez.remote import AWAY, FAILED, WELL, Manner, Remote
from oyez.view import View
from tests.doubles.home import DEVICE, Told, at_home
from tests.doubles.processes import free_port, mosquitto

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


async def test_the_commands_reach_a_running_daemon() -> None:
    """say, listen, stop, mute, unmute and status, each with the exit code of the contract."""
    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, _):
        broker.show(View(state="idle", volume=0.5))
        remote = Remote(Home(port=server.port), DEVICE)
        assert (await remote.say("hello")).exit_code == WELL
        failed = await remote.say("fail")
        assert (failed.exit_code, failed.sentence) == (FAILED, "The line is away.")
        assert (await remote.say("")).exit_code == FAILED
        assert (await remote.listen()).exit_code == WELL
        assert (await remote.stop()).exit_code == WELL
        assert (await remote.mute()).exit_code == WELL
        status = await remote.status()
        assert status.exit_code == WELL
        assert status.state is not None
        assert status.state["muted"] is True
        assert (await remote.unmute()).exit_code == WELL


async def test_what_is_to_be_said_played_or_asked_goes_with_its_manner_and_a_question_comes_back_with_its_answer() -> (
    None
):
    async with mosquitto() as server:
        told, sounds = Told(), list[Deed]()

        def fetched(deed: Deed) -> None:
            sounds.append(deed)
            assert told.broker is not None
            told.broker.answer(deed.order_id, False, "It cannot be fetched.")

        async with at_home(Home(port=server.port), told, do_deed=fetched):
            remote = Remote(Home(port=server.port), DEVICE)
            asked = await remote.ask("Tea?")
            assert (asked.exit_code, asked.sentence) == (WELL, "Yes, I heard Tea?")
            assert (await remote.ask("fail")).exit_code == FAILED
            assert (await remote.say("Fire", Manner("urgent", 90))).exit_code == WELL
            assert (await remote.say("x", Manner(volume=101))).exit_code == FAILED
            played = await remote.announce("bell.wav", Manner("urgent", 40))
            assert (played.exit_code, played.sentence) == (FAILED, "It cannot be fetched.")
    said = next(event for event in told.events if isinstance(event, SayAsked))
    assert (said.text, said.priority, said.volume) == ("Fire", "urgent", 0.9)
    (sound,) = sounds
    assert sound == FetchSound("bell.wav", sound.order_id, "urgent", 0.4)


async def test_a_command_says_which_service_is_away() -> None:
    """No broker; a broker without the daemon; a daemon that does not answer; a daemon that was stopped."""
    nobody = await Remote(Home(port=free_port()), DEVICE).stop()
    assert (nobody.exit_code, "cannot be reached" in nobody.sentence) == (AWAY, True)
    async with mosquitto() as server:
        remote = Remote(Home(port=server.port), DEVICE)
        absent = await remote.stop(timeout_s=0.5)
        assert (absent.exit_code, "did not answer" in absent.sentence) == (AWAY, True)
        async with at_home(Home(port=server.port)) as (_, told):
            told.obeys = False
            assert (await remote.stop(timeout_s=1.0)).exit_code == AWAY
        stopped = await remote.stop()
        assert (stopped.exit_code, "is not running" in stopped.sentence) == (AWAY, True)


async def command(config: Path, *words: str) -> int:
    """`oyez <words>` as the installed command runs it; the exit code."""
    return await asyncio.to_thread(main, [*words, "--config", str(config)])


async def test_the_commands_print_what_a_person_or_a_script_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json is one object; a refusal goes to standard error, and nothing else does."""
    config = tmp_path / "oyez.toml"
    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, _):
        broker.show(View(state="idle", volume=0.5))
        config.write_text(f'[device]\nid = "{DEVICE.id}"\n[home]\nport = {server.port}\n')
        assert await command(config, "status", "--json") == WELL
        printed = capsys.readouterr()
        assert (json.loads(printed.out)["volume"], printed.err) == (50, "")
        assert await command(config, "status") == WELL
        assert ["volume", "50"] in [line.split() for line in capsys.readouterr().out.splitlines()]
        assert await command(config, "say", "fail") == FAILED
        assert tuple(capsys.readouterr()) == ("", "The line is away.\n")
        assert await command(config, "say", "hello") == WELL
        assert await command(config, "ask", "Tea?", "--priority", "urgent", "--volume", "50") == WELL
        assert tuple(capsys.readouterr()) == ("Yes, I heard Tea?\n", "")
        assert await command(config, "announce", "../bell.wav") == FAILED
        assert "without a path" in capsys.readouterr().err
        assert await command(config, "mute") == WELL
        assert await command(config, "status", "--json") == WELL
        assert json.loads(capsys.readouterr().out)["muted"] is True
        for order in ("unmute", "listen", "stop"):
            assert await command(config, order) == WELL
    assert await command(config, "stop") == AWAY
    assert "cannot be reached" in capsys.readouterr().err
    assert await command(config, "status", "--json") == AWAY
    away = json.loads(capsys.readouterr().out)
    assert (away["ok"], "cannot be reached" in away["why"]) == (False, True)
