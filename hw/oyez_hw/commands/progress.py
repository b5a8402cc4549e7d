"""What a person sees while something takes long. On standard error: standard output is for what came out."""

import sys

CELLS = 30


class Progress:
    """A bar on a terminal; elsewhere one line when it begins."""

    def __init__(self, text: str, seconds: float) -> None:
        self._text, self._shown = f"{text}, {seconds:.0f} s", -1
        self._live = sys.stderr.isatty()
        if not self._live:
            print(f"{self._text} ...", file=sys.stderr, flush=True)

    def show(self, done: float) -> None:
        """0 to 1."""
        percent = min(100, round(100 * done))
        if self._live and percent != self._shown:
            self._shown = percent
            print(f"\r{self._text}  {'#' * (percent * CELLS // 100):<{CELLS}} {percent:3} %", end="", file=sys.stderr)

    def end(self) -> None:
        if self._live:
            print(f"\r{' ' * (len(self._text) + CELLS + 8)}\r", end="", file=sys.stderr, flush=True)
