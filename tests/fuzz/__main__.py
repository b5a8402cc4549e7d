"""`python -m tests.fuzz --seconds S --work DIR`: throws changed events at the decoders until the time is up.

Coverage guides it (atheris, libFuzzer). What it finds stays in DIR: `crash-*` is an input that breaks a promise, to be
tried again by `python -m tests.fuzz --again FILE`. The exit code is 0 when nothing was found.
"""

import argparse
import os
import random
import sys
from pathlib import Path

MEMORY_MB = 2048
INPUT_MAX_BYTES = 16_384
SLOW_S = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--work", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--again", type=Path, help="only this input")
    options = parser.parse_args()
    if options.again is not None:
        from tests.fuzz.wire import one_input

        one_input(options.again.read_bytes())
        print(f"{options.again}: all promises are kept")
        return 0
    try:
        import atheris
    except ModuleNotFoundError:
        print("atheris is not installed: it exists for Linux on x86-64 alone; run this there after `make setup`.")
        return 69
    return fuzz(atheris, options.seconds, options.work)


def fuzz(atheris: object, seconds: int, work: Path) -> int:
    """Ends the process: libFuzzer does not return."""
    with atheris.instrument_imports(include=["oyez_realtime"]):  # type: ignore[attr-defined]
        from tests.fuzz import wire

    corpus = work / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(wire.seeds()):
        (corpus / f"seed-{number:04d}").write_bytes(seed)

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        structured = wire.mutated(data, seed, max_size) if random.Random(seed).random() < 0.7 else None
        return atheris.Mutate(data, max_size) if structured is None else structured  # type: ignore[attr-defined]

    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-artifact_prefix={work}{os.sep}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={INPUT_MAX_BYTES}",
        f"-timeout={SLOW_S}",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup(arguments, wire.one_input, custom_mutator=mutator)  # type: ignore[attr-defined]
    atheris.Fuzz()  # type: ignore[attr-defined]
    return 0


if __name__ == "__main__":
    sys.exit(main())
