"""Makes the table of docs/doctor.md and, with Chromium, its picture: `python docs/make_doctor_page.py [--picture]`.

The faults are those of tests/stories/planted_faults.py; each is planted, and the sentence is what the doctor said.
"""

import asyncio
import logging
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
PAGE = HERE / "doctor.md"
BEGIN, END = "<!-- faults: made by make_doctor_page.py -->\n", "<!-- end of faults -->"
SIZE = "980,2270"


def in_page(text: str, table: str) -> str:
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{PAGE} has lost its marks: put back {BEGIN.strip()} and {END}")
    return f"{before}{BEGIN}{table}{end}{after}"


async def table() -> str:
    from tests.stories.planted_faults import FAULTS
    from tests.stories.test_doctor import row

    rows = ["| planted | the doctor says |\n|---|---|\n"]
    for name, fault in FAULTS.items():
        rows.append(row(name, await _examined(fault.plant, fault.looks)))
    return "".join(rows)


async def _examined(plant, looks):  # type: ignore[no-untyped-def]
    from tests.doubles.patient import patient
    from tests.doubles.processes import mosquitto

    with tempfile.TemporaryDirectory() as folder:
        async with mosquitto() as broker, patient(Path(folder), broker) as device:
            plant(device)
            return await device.examine(looks)


async def picture(file: Path) -> None:
    """A device with three faults, as a browser shows its report."""
    from tests.doubles.patient import patient
    from tests.doubles.pi import put
    from tests.doubles.processes import mosquitto

    from oyez.doctor.command import plots_of, redaction
    from oyez.secret import mask
    from oyez_hw.doctor.page import page
    from oyez_hw.doctor.report import without

    with tempfile.TemporaryDirectory() as folder:
        async with mosquitto() as broker, patient(Path(folder), broker) as device:
            put(device.root, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
            put(device.root, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
            put(device.root, "proc/net/wireless", "a\nb\n wlan0: 0000 20. -83. -256 0 0 0 0 0 9\n")
            device.room = replace(device.room, loudspeaker_mm=(70.0, -40.0, 0.0))
            device.change_ear(1, gain_db=-12.0)
            examination, report = await device.examined()
            hide = redaction(device.surroundings(), examination)
            html = Path(folder) / "report.html"
            html.write_text(page(without(report, lambda text: mask(hide(text))), plots_of(examination)), "utf-8")
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if browser is None:
            raise SystemExit("there is no Chromium: apt-get install chromium")
        shot = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}"]
        command = [browser, *shot, f"--user-data-dir={folder}/profile", f"--screenshot={file}", f"file://{html}"]
        shown = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
        if await shown.wait():
            raise SystemExit("Chromium made no picture")


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    if "--picture" in sys.argv:
        asyncio.run(picture(HERE / "doctor.png"))
    PAGE.write_text(in_page(PAGE.read_text(), asyncio.run(table())))
