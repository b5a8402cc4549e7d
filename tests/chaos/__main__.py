"""`python -m tests.chaos --seconds 3600 --seed 1`: the chaos and its figures; exit code 1 where anything was broken."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import tracemalloc
from dataclasses import asdict
from pathlib import Path

from tests.chaos.jumping_loop import JumpingLoop
from tests.chaos.run import Report, chaos


def verdicts(report: Report) -> list[str]:
    """What is broken, a sentence each; memory and its like only where the run was long enough to tell."""
    broken = list(report.violations)
    if len(report.readings) >= 20:
        for gauge, most in (("python_mib", 2.0), ("rss_mib", 25.0), ("tasks", 8.0), ("files", 8.0), ("threads", 3.0)):
            grown = report.growth(gauge)
            if grown > most:
                broken.append(f"{gauge} grew by {grown:.1f}, at most {most:g} are allowed")
    return broken


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="of simulated conversation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the report as JSON")
    parser.add_argument("--no-tracemalloc", action="store_true", help="twice as fast, and blind to Python's memory")
    parser.add_argument("--log", action="store_true", help="what the house logs, on stderr")
    options = parser.parse_args()
    level = logging.INFO if options.log else logging.CRITICAL
    logging.basicConfig(level=level, stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger().handlers[0].setLevel(level)  # the till's log is read whatever is shown of it
    if not options.no_tracemalloc:
        tracemalloc.start()
    with (
        tempfile.TemporaryDirectory(prefix="oyez-chaos-") as folder,
        asyncio.Runner(loop_factory=JumpingLoop) as runner,
    ):
        report = runner.run(chaos(options.seed, options.seconds, Path(folder)))
    broken = verdicts(report)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps({**asdict(report), "broken": broken}, indent=1))
    print("\n\n".join(report.stories))
    print(json.dumps({"counts": report.counts, "codes": report.codes, "books": report.books}, indent=1))
    for reading in report.readings[:: max(1, len(report.readings) // 12)]:
        print(reading)
    print(f"{report.simulated_s:g} s of conversation in {report.wall_s:g} s; seed {report.seed}")
    print("\n".join(broken) or "nothing was broken")
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
