"""`python -m tests.fuzz --seconds S --work DIR`: throws changed messages at what reads them until the time is up.

`wire` is what comes from the voice service, `orders` what comes over MQTT, `laid` the oyez.toml that a person lays on
the boot partition. Half the time real ones are changed by
chance, in what their JSON says; half the time coverage is the guide (atheris, libFuzzer), which changes bytes too.
Where
there is no atheris (it exists for Linux on x86-64) chance has all the time. What is found stays in DIR:
`crash-<target>-*` is an input that breaks a promise, to be tried again by `python -m tests.fuzz --again FILE`. The exit
code is 0 when nothing was found.
"""

import argparse
import importlib.util
import logging
import os
import random
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

MEMORY_MB = 2048
INPUT_MAX_BYTES = 16_384
SLOW_S = 10
CHANGES_MAX = 4
TARGETS = {"wire": "oyez_realtime", "orders": "oyez.home", "laid": "oyez_system.first_boot"}
"""And the package that coverage looks at."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--work", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--again", type=Path, help="only this input")
    parser.add_argument("--target", choices=TARGETS, help="unset: each for its share of the time")
    parser.add_argument("--guided", action="store_true", help="only the half that coverage guides; needs a target")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # each refusal is logged
    options.work.mkdir(parents=True, exist_ok=True)
    if options.again is not None:
        return again(options.again)
    if options.guided:
        return guided(options.target, options.seconds, options.work)
    targets = [options.target] if options.target else list(TARGETS)
    return max(fuzz(target, options.seconds // len(targets), options.work) for target in targets)


def target_module(name: str) -> Any:
    return importlib.import_module(f"tests.fuzz.{name}")


def fuzz(target: str, seconds: int, work: Path) -> int:
    if importlib.util.find_spec("atheris") is None:
        return by_chance(target, seconds, work)
    half = seconds // 2
    # A process of its own: atheris must see the modules before anybody has imported them.
    order = [sys.executable, "-m", "tests.fuzz", "--guided", "--target", target]
    order += ["--seconds", str(half), "--work", str(work)]
    return by_chance(target, half, work) or subprocess.run(order, check=False).returncode


def again(path: Path) -> int:
    name = next((name for name in TARGETS if f"-{name}-" in path.name), "wire")
    target_module(name).one_input(path.read_bytes())
    print(f"{path}: all promises are kept")
    return 0


def by_chance(target: str, seconds: float, work: Path) -> int:
    module = target_module(target)
    seeds = list(module.seeds())
    dice = random.Random()
    end, executions = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = dice.choice(seeds)
        for _ in range(dice.randint(1, CHANGES_MAX)):
            data = module.mutated(data, dice.getrandbits(64), INPUT_MAX_BYTES) or data
        executions += 1
        try:
            module.one_input(data)
        except BaseException:
            path = work / f"crash-{target}-{sha256(data).hexdigest()[:16]}"
            path.write_bytes(data)
            print(
                f"{target} by chance: a promise was broken after {executions} executions; the input is {path}",
                file=sys.stderr,
            )
            raise
    print(f"{target} by chance: {executions} executions in {seconds} s, no find", file=sys.stderr)
    return 0


def guided(target: str, seconds: int, work: Path) -> int:
    """Ends the process: libFuzzer does not return."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=[TARGETS[target]]):
        module = target_module(target)

    corpus = work / f"corpus-{target}"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(module.seeds()):
        (corpus / f"seed-{number:04d}").write_bytes(seed)

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        structured = module.mutated(data, seed, max_size) if seed % 4 else None
        changed: bytes = atheris.Mutate(data, max_size) if structured is None else structured
        return changed

    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-artifact_prefix={work}{os.sep}crash-{target}-",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={INPUT_MAX_BYTES}",
        f"-timeout={SLOW_S}",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup(arguments, module.one_input, custom_mutator=mutator)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
