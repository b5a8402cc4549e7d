"""How the device is asked to forget everything: a small file in the run folder, which `oyez-reset.path` watches.

Pure but for these files. Where nobody would take it up (`resettable` says who does) nothing is asked.
"""

from pathlib import Path

from oyez.pen import write_whole

REQUEST, RESETTABLE = "factory-reset", "resettable"
NO_RESET = "This device cannot be reset over MQTT: only one that runs from the Oyez image can."


def request(folder: Path | None) -> str:
    """folder: of what lives until the next boot. Why it cannot be, for a person; empty: it was asked for."""
    if folder is None or not (folder / RESETTABLE).exists():
        return NO_RESET
    try:
        write_whole(folder / REQUEST, b"by MQTT\n")
    except OSError as error:
        return f"The reset could not be asked for ({error.strerror}): see who may write in {folder}."
    return ""
