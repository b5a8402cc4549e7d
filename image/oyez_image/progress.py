"""What the build is doing, a line a step, with the seconds since it began; and how it fails."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LAST_LINES = 25
_BEGAN_S = time.monotonic()


class BuildError(Exception):
    """A sentence for who builds: what failed, what to do."""


def say(what: str) -> None:
    print(f"image: [{time.monotonic() - _BEGAN_S:6.1f} s] {what}", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    say(what + " ...")
    began_s = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - began_s:.1f} s")


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    told: str | None = None,
) -> None:
    """Runs it with its words in `log`, for standard input `told`. Raises BuildError with the last of them."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as words:
        done = subprocess.run(
            [str(word) for word in command],
            env=None if environment is None else dict(environment),
            cwd=folder,
            input=None if told is None else told.encode(),
            stdin=subprocess.DEVNULL if told is None else None,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        last = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        raise BuildError(
            f"{Path(str(command[0])).name} ended with {done.returncode}; its last words (all of them: {log}):\n"
            + "\n".join(f"    {line}" for line in last)
        )
