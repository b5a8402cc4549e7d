"""What is written into `oyez-problems.txt`, for a person with an editor. Pure."""

from collections.abc import Collection

LINE = "\r\n"
"""As Notepad wants it; all others bear it."""


def refused(mistakes: Collection[str]) -> str:
    """Nothing was taken in."""
    return _page(
        "Nothing of the file was taken in, because of what stands below. What was in force before still is.",
        mistakes,
        "Mend the file, save it, put the card back and switch the device on.",
    )


def not_written(why: str) -> str:
    """The file is right, and the card could not be written."""
    return _page(
        "The file could not be taken in, because the card could not be written.",
        [why],
        "It is tried again at each start. Where the card is full: see oyez doctor. If it stays so, take another card.",
    )


def taken_with(remarks: Collection[str]) -> str:
    """Empty: there is nothing to tell."""
    if not remarks:
        return ""
    return _page("The file was taken in, but for what stands below.", remarks, "Nothing needs to be done.")


def not_driven(board: str, overlays: Collection[str], why: str = "") -> str:
    """overlays: those that are missing. why: a sentence; empty: there is nothing but them."""
    return _page(
        f"The sound board {board} will not be heard: this image cannot drive it.",
        [
            *(f"overlays/{name}.dtbo, its description for the kernel, is missing." for name in overlays),
            *filter(None, [why]),
        ],
        "Take a USB microphone and loudspeaker, or another board: docs/boards.md says which work.",
    )


def beside(before: str, page: str) -> str:
    """For a file that says something already."""
    return LINE.join(filter(None, (before, page)))


def _page(what: str, lines: Collection[str], then: str) -> str:
    return LINE.join([what, "", *(f"- {line}" for line in lines), "", then, ""])
