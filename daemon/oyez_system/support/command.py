"""`oyez-system support [--out FILE.tar.gz]`: looks at everything, takes out what is private, writes one file."""

import argparse
import asyncio
import io
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path

from oyez.doctor.command import redaction
from oyez.doctor.examination import Examination, Surroundings
from oyez.errors import OyezError
from oyez.foreign import read_foreign
from oyez.memory import run_folder
from oyez.secret import mask
from oyez_hw.doctor.command import Teller, examine
from oyez_hw.doctor.report import without
from oyez_system.support.bundle import pack
from oyez_system.support.contents import (
    FILES,
    LARGEST_BYTES,
    MUST_TELL,
    PROGRAMS,
    Said,
    about,
    keys_of,
    lacking,
    shown,
    warning,
)

PROGRAM_S = 30.0
FOLDERS = (Path(), Path("/tmp"))
"""Where root is on a flashed device nothing can be written."""
Run = Callable[[tuple[str, ...]], Said]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="FILE.tar.gz", help="unset: oyez-support-DATE.tar.gz, here or in /tmp"
    )
    parser.add_argument("--audible", action="store_true", help="look at the loudspeaker, too: it plays a sound")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def run(arguments: argparse.Namespace) -> int:
    if os.geteuid() != 0:
        raise OyezError("Most of it may be seen by root alone, so nothing was made: sudo oyez-system support")
    now = datetime.now().astimezone()
    data, lacks = bundle(Looking(arguments.root, arguments.audible), now)
    name = f"oyez-support-{now:%Y-%m-%d-%H%M}.tar.gz"
    out = save(data, [arguments.out] if arguments.out else [folder / name for folder in FOLDERS])
    print(f"{out}: names, addresses, keys and passwords were taken out of it. Look it over before you give it away.")
    for line in warning(lacks):
        print(line)
    sys.stdout.flush()
    # A card that hangs or a name server that is silent holds its thread, for which the interpreter would wait.
    os._exit(0)


def save(data: bytes, places: Sequence[Path]) -> Path:
    """At the first of them where it can be; returns which. Raises OyezError."""
    why = ""
    for out in places:
        try:
            with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            why = f"{out} cannot be written ({error.strerror}): name a file elsewhere."
        else:
            return out
    raise OyezError(why)


def words_of(program: tuple[str, ...]) -> Said:
    """Of a program that may not be there."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PROGRAM_S,
            check=False, env=environ,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Said("", f"{program[0]}: {type(error).__name__}")
    failed = f"{program[0]}: exit code {done.returncode}" if done.returncode else ""
    return Said(done.stdout.decode("utf-8", "replace"), failed)


@dataclass(frozen=True, slots=True)
class Looking:
    """Where, and how."""

    root: Path = Path("/")
    audible: bool = False
    words: Run = words_of


def bundle(looking: Looking, now: datetime) -> tuple[bytes, list[str]]:
    """The whole of it, ready to be written; and what is lacking in it, a sentence each. Takes a minute or two: the
    doctor visits everything."""
    root = looking.root
    where = Surroundings(
        config_path=root / "etc/oyez/oyez.toml",
        root=root,
        state_folder=root / "var/lib/oyez",
        run_folder=run_folder(os.environ) or root / "run/oyez",
        environ=os.environ,
        audible=looking.audible,
    )
    examination = Examination(where)
    told = io.StringIO()
    report = asyncio.run(examine(examination.checks(), root, Teller(told)))
    hide = redaction(where, examination)
    said = {name: looking.words(program) for name, program in PROGRAMS.items()}
    said |= {**dict(_files(root)), "settings.txt": _settings(where.config_path)}
    lacks = [lack for name, one in said.items() if (lack := lacking(name, one))]
    texts = {
        "README.txt": about(now.isoformat(timespec="seconds"), lacks),
        "report.txt": told.getvalue(),
        "report.json": json.dumps(without(report, hide).as_json(), ensure_ascii=False, indent=1),
        "packages.txt": "".join(sorted(f"{one.name} {one.version}\n" for one in distributions())),
        **{name: shown(name, one.text) for name, one in said.items()},
    }
    return pack(texts, lambda text: mask(hide(text)), round(now.timestamp())), lacks


def _files(root: Path) -> Iterator[tuple[str, Said]]:
    """One that is not there is no part, unless each device has it."""
    for name, place in FILES.items():
        try:
            data = read_foreign(root / place, LARGEST_BYTES)
        except OSError as error:
            if name in MUST_TELL or not isinstance(error, FileNotFoundError):
                yield name, Said("", error.strerror or type(error).__name__)
            continue
        yield name, Said(data.replace(b"\0", b"").decode("utf-8", "replace"))


def _settings(path: Path) -> Said:
    try:
        return Said("".join(f"{key}\n" for key in keys_of(tomllib.loads(path.read_text("utf-8")))))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Said("", type(error).__name__)
