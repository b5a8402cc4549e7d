"""Which device-tree overlays Raspberry Pi's kernel ships, and which lines of config.txt name others. Pure."""

from collections.abc import Iterable, Iterator

OVERLAY = "dtoverlay="
FIRMWARE_PARAMETERS = ("dtparam", "dtoverlay", "gpio")
"""What a line of ours may begin with."""


def names(text: str) -> frozenset[str]:
    """Of overlays.txt: one a line, # begins a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)


def mistakes(lines: Iterable[str], shipped: frozenset[str]) -> Iterator[str]:
    """A sentence for each line that the firmware would not understand or whose overlay is not there."""
    for line in lines:
        key, equals, value = line.partition("=")
        if not equals or key not in FIRMWARE_PARAMETERS:
            yield f"{line!r} is no line for config.txt: it begins with none of {', '.join(FIRMWARE_PARAMETERS)}."
        elif key == "dtoverlay" and value.split(",")[0] not in shipped:
            yield f"{line!r} names an overlay that Raspberry Pi's kernel does not ship (overlays.txt)."


def asked_for(lines: Iterable[str]) -> list[str]:
    """Names of the overlays that lines of config.txt ask for, each once, in their order."""
    named = (line.removeprefix(OVERLAY).partition(",")[0].strip() for line in lines if line.startswith(OVERLAY))
    return list(dict.fromkeys(name for name in named if name))
