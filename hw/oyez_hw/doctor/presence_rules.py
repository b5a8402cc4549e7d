"""Whether the board that there should be is there, and why not. Pure.

Of what may keep it away only the first cause is told that explains the rest, the surest first; of a board that works
none.
"""

from collections.abc import Iterator

from oyez_hw.doctor.board_facts import BoardFacts
from oyez_hw.doctor.finding import Finding, from_sentence, parted

DEAF = "The device is deaf and dumb."


def judge_board(facts: BoardFacts, ask_owner: bool) -> Iterator[Finding]:
    """ask_owner: of a board that nobody has proven, for the bench report."""
    if not facts.works:
        yield from _judge_absence(facts)
    if facts.in_kernel is False:
        yield Finding(
            "driver_outside",
            "caution",
            f"The driver of the {facts.title} is not part of the kernel.",
            "It breaks with kernel updates, and nobody here can help with it.",
            f"`oyez-hw board {facts.name}` says what works without it; docs/boards.md names boards that need none.",
        )
    if ask_owner and facts.proven is False:
        yield Finding(
            "unproven",
            "advice",
            f"Nobody has proven the {facts.title} on the bench yet: what is known comes from data sheets.",
            "It may work in every part, and some figures may be wrong.",
            f"Please help: run the bench (tests/hardware/README.md, `--board {facts.name}`), or attach the page of "
            "`oyez-hw doctor --html report.html` to an issue.",
        )


def _judge_absence(facts: BoardFacts) -> Iterator[Finding]:
    if facts.driverless:
        yield from map(_driverless, facts.driverless)
    elif facts.overlays_missing:
        yield _without_overlay(facts)
    elif facts.lines_missing:
        yield _without_lines(facts)
    elif facts.missing:
        yield from (_incomplete(facts.title, missing) for missing in facts.missing)
    elif facts.absent:
        yield _absent(facts)
    elif facts.away:
        meaning = f"{DEAF[:-1]} until one is plugged in."
        yield from_sentence("board_away", "trouble", facts.away, meaning)
    elif facts.card_gone:
        yield Finding(
            "card_not_there",
            "trouble",
            f"The configuration names the sound card {facts.card_gone}, and there is none.",
            DEAF,
            "`oyez-hw list` names those that are: set board.capture_device and board.playback_device; or plug it in.",
        )
    if facts.stranger and not facts.title:
        yield Finding(
            "hat_unknown",
            "caution",
            f'A board on the pins says that it is "{facts.stranger}", which the catalogue does not know.',
            "If it is a sound board: there is no sound card of it.",
            'Its vendor says which line of config.txt it needs; then name its card with board.name = "alsa".',
        )


def _incomplete(title: str, missing: str) -> Finding:
    what, remedy = parted(missing)
    meaning = "It is there and cannot be used."
    return Finding("board_incomplete", "trouble", f"Of the {title} a part is lacking: {what}.", meaning, remedy)


def _driverless(device: str) -> Finding:
    return Finding(
        "usb_without_driver",
        "trouble",
        f"The USB sound device {device} is plugged in, and no driver has taken it.",
        f"There is no sound card of it. {DEAF}",
        "`modprobe snd-usb-audio` as root says whether this system has the driver, `dmesg` what it said of the device; "
        "then plug it in again.",
    )


def _without_overlay(facts: BoardFacts) -> Finding:
    names = ", ".join(facts.overlays_missing)
    return Finding(
        "overlay_missing",
        "trouble",
        f"The {facts.title} needs the overlay {names}, and the boot partition has none.",
        f"The kernel does not learn of the board. {DEAF}",
        f"`oyez-hw board {facts.name}` says where it comes from. On a flashed device take a USB microphone and "
        "loudspeaker, or an image that has it (docs/image.md).",
    )


def _without_lines(facts: BoardFacts) -> Finding:
    lines = " and ".join(f"`{line}`" for line in facts.lines_missing)
    return Finding(
        "board_incomplete",
        "trouble",
        f"The {facts.title} has no sound card, and nothing in config.txt asks for its overlay.",
        DEAF,
        f"Restart: a flashed device writes what it needs by itself. Else put {lines} into config.txt before that; "
        f"`oyez-hw board {facts.name}` says all lines.",
    )


def _absent(facts: BoardFacts) -> Finding:
    pins = "look whether it sits right on the pins, and what `dmesg` says of it; its overlay is there and asked for."
    return Finding(
        "board_absent",
        "trouble",
        f"The configuration names the {facts.title}, and no sound card of it is there.",
        DEAF,
        "Plug it in, or set board.name to the one that is there." if facts.usb else f"Switch off and {pins}",
    )
