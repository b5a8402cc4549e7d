"""Speaks through the mouth of a rig for as long as a sound level meter needs, and says what rig.toml is to have.

python -m tests.hardware.rig.speak rig.toml [--dbfs -30]              speaks
python -m tests.hardware.rig.speak rig.toml --dbfs -30 --read 58.4    the meter showed 58.4 dB(A) at 1 m
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from tests.doubles.speech import say as speech
from tests.hardware.rig.hands import AlsaMouth, read_rig
from tests.hardware.rig.rig_file import RigError

WANTED_DBA = 65.0
SECONDS = 20.0
TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background."
"""From the Harvard sentences (IEEE Recommended Practice for Speech Quality Measurements, 1969)."""


def level_65_dbfs(played_dbfs: float, read_dba: float) -> float:
    return round(played_dbfs + WANTED_DBA - read_dba, 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.rig.speak", description=__doc__)
    parser.add_argument("rig", type=Path)
    parser.add_argument("--dbfs", type=float, default=-30.0, help="level to speak at (-30)")
    parser.add_argument("--read", type=float, metavar="DBA", help="what the meter showed at 1 m: LAeq, or its middle")
    asked = parser.parse_args()
    if asked.read is not None:
        print(f"level_65_dbfs = {level_65_dbfs(asked.dbfs, asked.read)}")
        return 0
    try:
        rig = read_rig(asked.rig)
        if rig.mouth is None:
            raise RigError([f"{asked.rig} has no [mouth]: there is nothing to calibrate."])
        sound, rate_hz = speech(TEXT)
        mouth = AlsaMouth(rig.mouth)
        mouth(np.tile(sound, int(SECONDS * rate_hz / len(sound)) + 1), rate_hz, asked.dbfs)
    except (RigError, ValueError) as error:
        print(error, file=sys.stderr)
        return 78
    print(f"Speaking at {asked.dbfs:g} dBFS for {SECONDS:g} s ...", file=sys.stderr)
    time.sleep(SECONDS)
    mouth.quiet()
    return 0


if __name__ == "__main__":
    sys.exit(main())
