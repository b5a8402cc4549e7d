"""`python -m tests.bench --data DIR --out DIR [NAME ...]`: every measurement after the other, and a table of figures.

A measurement is a module of this package that can be run alone: `python -m tests.bench.NAME --data DIR --json FILE`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ENVELOPE = {"commit", "host", "when", "n", "how", "name"}
"""What every report says of itself; not figures."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options = parser.parse_args()
    names = options.names or list(measurements())
    unknown = sorted(set(names) - set(measurements()))
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are {', '.join(measurements())}")
    options.out.mkdir(parents=True, exist_ok=True)
    failed = [name for name in names if not run(name, options.data, options.out / f"{name}.json")]
    for name in failed:
        print(f"{name}: failed, see above", file=sys.stderr)
    return 1 if failed else 0


def measurements() -> Iterator[str]:
    """Names of the modules beside this one that can be run."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if not path.stem.startswith("_") and '__name__ == "__main__"' in path.read_text(encoding="utf-8"):
            yield path.stem


def run(name: str, data: Path, report: Path) -> bool:
    print(f"== {name}", flush=True)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"tests.bench.{name}", "--data", str(data), "--json", str(report)]
    # A process each: no measurement pays for, or profits from, what another one imported.
    ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if ended.returncode != 0 or not report.exists():
        print(ended.stdout)
        return False
    rows = list(flattened(json.loads(report.read_text(encoding="utf-8"))))
    width = max((len(key) for key, _ in rows), default=0)
    for key, value in rows:
        print(f"   {key:<{width}}  {shown(value)}")
    return True


def flattened(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if not prefix and key in ENVELOPE:
            continue
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{key}.")
        elif isinstance(value, str | int | float):
            yield f"{prefix}{key}", value


def shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
