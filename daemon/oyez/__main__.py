"""`oyez`: argv -> configuration -> run; exits 0 well, 1 failed, 2 usage, 69 away, 70 bug, 74 card, 78 config."""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oyez import locker_arguments
from oyez.errors import Bug, OyezError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from oyez.remote import Manner, Outcome, Remote

INTERRUPTED = 130
"""As shells count it: 128 and SIGINT."""
DEFAULT_CONFIG = Path("/etc/oyez/oyez.toml")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except OyezError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        logging.getLogger("oyez").exception("This is a bug of ours: please report it with the lines below.")
        return Bug.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oyez", description="A voice appliance for the Raspberry Pi.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    run = _verb(verbs, "run", _run, "the daemon")
    run.add_argument(
        "--trace", type=Path, metavar="FILE", help="append what happens as JSON lines (holds what is said)"
    )

    demo = verbs.add_parser("demo", help="the main job once, with nothing but this machine")
    demo.set_defaults(command=_demo)
    demo.add_argument("--say", type=Path, nargs="+", default=[], metavar="FILE.wav", help="recordings to speak instead")
    demo.add_argument(
        "--board", default="simulated", help="simulated (the default), or alsa: then speak to it yourself"
    )
    demo.add_argument(
        "--wake-word", default="hey_jarvis", help="hey_jarvis (the default), alexa, hey_mycroft, okay_nabu"
    )
    demo.add_argument("--folder", type=Path, default=Path("build/demo"), help="where the results go (%(default)s)")
    demo.add_argument("--give-up-s", type=float, default=120.0, help="longest time of the conversation (%(default)s)")
    demo.add_argument("--json", action="store_true", help="one JSON object as the last line")

    check = verbs.add_parser("check-config", help="name every mistake in the configuration")
    check.set_defaults(command=_check_config)
    check.add_argument("file", type=Path, nargs="?", default=DEFAULT_CONFIG)

    _doctor_arguments(_verb(verbs, "doctor", _doctor, "what is wrong with this device, and what to do about it"))

    test = _verb(verbs, "self-test", _self_test, "whether a recorded wake word is known, without a microphone")
    test.add_argument("--clips", type=Path, metavar="DIR", help="of WORD.wav, WORD-2.wav, ...; unset: those on board")
    test.add_argument("--state", type=Path, metavar="DIR", help="the daemon's state folder; unset: /var/lib/oyez")

    captions = _verb(verbs, "transcribe", _transcribe, "live captions from the microphone or a file")
    captions.add_argument("file", type=Path, nargs="?", metavar="FILE.wav", help="unset: the board's microphone")
    captions.add_argument("--json", action="store_true", help="one JSON object as the last line")

    say = _verb(verbs, "say", _say, "have the running daemon say a text")
    say.add_argument("text")
    ask = _verb(verbs, "ask", _ask, "have the running daemon ask a question; prints what was answered")
    ask.add_argument("text")
    ask.add_argument("--answer-s", type=float, metavar="1-30", help="for the first word of the answer; unset: 8")
    announce = _verb(verbs, "announce", _announce, "have the running daemon play a sound")
    announce.add_argument("source", help="https://..., or the name of a file in home.audio_folder")
    for verb in (say, ask, announce):
        verb.add_argument("--priority", choices=("normal", "urgent"), default="normal", help="urgent: at once, always")
        verb.add_argument("--volume", type=float, metavar="0-100", help="for this alone; unset: as it is")
    enrol = _verb(verbs, "enrol", _enrol, "a wake phrase of your own, said three times to the running daemon")
    enrol.add_argument("name", help="letters, digits, _ and -, such as hey_house")
    enrol.add_argument("files", type=Path, nargs="*", metavar="FILE.wav", help="learn from these recordings instead")
    enrol.add_argument("--state", type=Path, metavar="DIR", help="with files: the device's state folder")
    _verb(verbs, "status", _status, "what the running daemon is doing").add_argument("--json", action="store_true")
    for name, text in (
        ("mute", "switch the microphone off"),
        ("unmute", "switch it on"),
        ("listen", "listen now, without wake word"),
        ("stop", "be quiet now"),
    ):
        _verb(verbs, name, _order, text).set_defaults(order=name)
    locker_arguments.add(verbs, DEFAULT_CONFIG)
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text)
    verb.set_defaults(command=command)
    verb.add_argument("--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="%(default)s")
    return verb


# Each command imports what it needs: `oyez status` should not load wake words.


def _run(arguments: argparse.Namespace) -> int:
    from oyez.front_door import run

    code = asyncio.run(run(arguments.config, arguments.trace))
    # The interpreter would wait for a thread that hangs in a name server's silence, and SIGTERM is to close in 2 s.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def _demo(arguments: argparse.Namespace) -> int:
    from oyez.demo.command import Wishes, demo

    wishes = Wishes(arguments.folder, arguments.say, arguments.board, arguments.wake_word, arguments.give_up_s)
    return asyncio.run(demo(wishes, arguments.json))


def _transcribe(arguments: argparse.Namespace) -> int:
    from oyez.captions.command import Wishes, transcribe

    return asyncio.run(transcribe(Wishes(arguments.config, arguments.file, arguments.json)))


def _check_config(arguments: argparse.Namespace) -> int:
    from oyez.config_cautions import cautions
    from oyez.config_file import load

    for caution in cautions(load(arguments.file)):
        print(f"Caution: {caution}")
    print(f"{arguments.file} is in order.")
    return 0


def _doctor_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON object as the last line")
    verb.add_argument("--html", type=Path, metavar="FILE", help="a report with plots, to attach to an issue")
    verb.add_argument("--silent", action="store_true", help="play nothing: the loudspeaker is not looked at")
    verb.add_argument("--state", type=Path, metavar="DIR", help="the daemon's state folder; unset: /var/lib/oyez")
    verb.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where sys, proc and etc lie")


def _doctor(arguments: argparse.Namespace) -> int:
    from oyez.doctor.command import doctor, surroundings

    code = asyncio.run(doctor(arguments, surroundings(arguments, os.environ)))
    # A card that hangs or a name server that is silent holds its thread, for which the interpreter would wait.
    sys.stdout.flush()
    os._exit(code)


def _self_test(arguments: argparse.Namespace) -> int:
    from oyez.config_here import load_with_or_without
    from oyez.memory import state_folder
    from oyez.self_test import CLIPS, passed, self_test, sentence

    config, _ = load_with_or_without(arguments.config)
    state = arguments.state or state_folder(os.environ) or Path("/var/lib/oyez")
    tried = asyncio.run(self_test(config, state, arguments.clips or CLIPS))
    print(sentence(tried))
    return 0 if passed(tried) else 1


def _say(arguments: argparse.Namespace) -> int:
    return _report(_remote(arguments.config).say(arguments.text, _manner(arguments)))


def _ask(arguments: argparse.Namespace) -> int:
    return _report(_remote(arguments.config).ask(arguments.text, _manner(arguments), arguments.answer_s))


def _announce(arguments: argparse.Namespace) -> int:
    return _report(_remote(arguments.config).announce(arguments.source, _manner(arguments)))


def _manner(arguments: argparse.Namespace) -> "Manner":
    from oyez.remote import Manner

    return Manner(arguments.priority, arguments.volume)


def _enrol(arguments: argparse.Namespace) -> int:
    if not arguments.files:
        print("Say the phrase after each chime, three times. A low sound means: again.", flush=True)
        return _report(_remote(arguments.config).enrol(arguments.name))
    from oyez.enrol_command import enrol
    from oyez.memory import state_folder

    state = arguments.state or state_folder(os.environ) or Path("/var/lib/oyez")
    print(enrol(arguments.name, arguments.files, state))
    return 0


def _status(arguments: argparse.Namespace) -> int:
    outcome = asyncio.run(_remote(arguments.config).status())
    if arguments.json:
        print(json.dumps(outcome.state or {"ok": False, "why": outcome.sentence}))
    elif outcome.state is None:
        print(outcome.sentence, file=sys.stderr)
    else:
        for name, value in outcome.state.items():
            print(f"{name:12} {value}")
    return outcome.exit_code


def _order(arguments: argparse.Namespace) -> int:
    return _report(getattr(_remote(arguments.config), arguments.order)())


def _report(order: "Coroutine[Any, Any, Outcome]") -> int:
    outcome = asyncio.run(order)
    if outcome.sentence:
        print(outcome.sentence, file=sys.stderr if outcome.exit_code else sys.stdout)
    return outcome.exit_code


def _remote(config_path: Path) -> "Remote":
    from oyez.config_file import load
    from oyez.credentials import CREDSTORE, secret, with_client_key
    from oyez.remote import Remote

    config = load(config_path)
    home = with_client_key(config.home, os.environ, CREDSTORE)
    return Remote(home, config.device, secret(home.password_file, "mqtt_password", os.environ, CREDSTORE))


if __name__ == "__main__":
    sys.exit(main())
