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
from oyez_system.support.contents import ABOUT, FILES, LARGEST_BYTES, PROGRAMS, keys_of, shown

PROGRAM_S = 30.0
FOLDERS = (Path(), Path("/tmp"))
"""Where root is on a flashed device nothing can be written."""
Run = Callable[[tuple[str, ...]], str]


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
    data = bundle(Looking(arguments.root, arguments.audible), now)
    name = f"oyez-support-{now:%Y-%m-%d-%H%M}.tar.gz"
    out = save(data, [arguments.out] if arguments.out else [folder / name for folder in FOLDERS])
    print(f"{out}: names, addresses, keys and passwords were taken out of it. Look it over before you give it away.")
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


def words_of(program: tuple[str, ...]) -> str:
    """Of a program that may not be there."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PROGRAM_S,
            check=False, env=environ,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"({type(error).__name__}: nothing is told)\n"
    return done.stdout.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Looking:
    """Where, and how."""

    root: Path = Path("/")
    audible: bool = False
    words: Run = words_of


def bundle(looking: Looking, now: datetime) -> bytes:
    """The whole of it, ready to be written. Takes a minute or two: the doctor visits everything."""
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
    texts = {
        "README.txt": ABOUT.format(when=now.isoformat(timespec="seconds")),
        "report.txt": told.getvalue(),
        "report.json": json.dumps(without(report, hide).as_json(), ensure_ascii=False, indent=1),
        "packages.txt": "".join(sorted(f"{one.name} {one.version}\n" for one in distributions())),
        "settings.txt": _settings(where.config_path),
        **{name: shown(name, looking.words(program)) for name, program in PROGRAMS.items()},
        **dict(_files(root)),
    }
    return pack(texts, lambda text: mask(hide(text)), round(now.timestamp()))


def _files(root: Path) -> Iterator[tuple[str, str]]:
    for name, place in FILES.items():
        try:
            data = read_foreign(root / place, LARGEST_BYTES)
        except OSError:
            continue
        yield name, data.replace(b"\0", b"").decode("utf-8", "replace")


def _settings(path: Path) -> str:
    try:
        return "".join(f"{key}\n" for key in keys_of(tomllib.loads(path.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return f"({type(error).__name__})\n"
