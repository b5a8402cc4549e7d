"""The rescue acts as the ladder decides, on a machine that is a folder and a list of what systemd was asked."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from oyez.last_words import ENDED
from oyez.lives import BOOT_ID, RESCUE
from oyez_system.card.places import Places
from oyez_system.rescue.command import DAEMON, DEPENDENCIES, Surroundings, rescue
from oyez_system.rescue.ladder import LOOK_S, History


@dataclass
class Machine:
    root: Path
    unit: str = "ActiveState=failed\nResult=start-limit-hit\nExecMainCode=3\nExecMainStatus=11\n"
    mended_meanwhile: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waited_s: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path, text in ((BOOT_ID, "boot-1\n"), (Path("run/oyez") / ENDED, "core-dump dumped SEGV\n")):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        (self.root / RESCUE).parent.mkdir(parents=True)

    def systemctl(self, *words: str) -> str:
        self.asked.append(words)
        return self.unit if words[0] == "show" else ""

    def wait(self, wait_s: float) -> None:
        self.waited_s.append(wait_s)
        if self.mended_meanwhile:
            self.unit = "ActiveState=active\n"

    def rescued(self) -> "Machine":
        here = Surroundings(
            self.systemctl,
            lambda path, sentence: self.told.append(sentence),
            lambda name, places: self.said.append(name),
            self.wait,
            lambda: 100.0,
            Places.below(self.root),
        )
        assert rescue(here) == 0
        return self

    def did(self) -> list[str]:
        return [" ".join(words) for words in self.asked if words[0] != "show"]

    def begins_with(self, history: History) -> "Machine":
        (self.root / RESCUE).write_bytes(msgspec.json.encode(history))
        return self


STARTED = [f"reset-failed {DAEMON}", f"start --no-block {DAEMON}"]


def test_first_what_it_stands_on_is_restarted_and_then_the_daemon(tmp_path: Path) -> None:
    machine = Machine(tmp_path).rescued()
    assert machine.did() == [*(f"try-restart {unit}" for unit in DEPENDENCIES), *STARTED]
    assert (machine.said, len(machine.told)) == ([], 1)
    assert "it crashed (SIGSEGV)" in machine.told[0]


def test_a_reboot_is_written_down_before_it_is_ordered_so_that_the_next_life_can_tell_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path).begins_with(History("boot-1", 90.0, "dependencies", climbed=1)).rescued()
    assert machine.did() == ["reboot --no-block"]
    kept = msgspec.json.decode((tmp_path / RESCUE).read_bytes(), type=History)
    assert (kept.step, kept.boot_id, kept.reboots) == ("reboot", "boot-1", 1)
    assert "SIGSEGV" in kept.why


def test_help_is_called_for_aloud_and_on_mqtt_and_the_daemon_is_tried_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path).begins_with(History("boot-1", 90.0, "reboot", climbed=2, reboots=1)).rescued()
    assert machine.said == ["needs_help"]
    assert "needs help" in machine.told[0]
    assert machine.waited_s == [LOOK_S]
    assert machine.did() == STARTED


def test_whoever_started_or_stopped_it_meanwhile_has_the_last_word(tmp_path: Path) -> None:
    assert "start" not in " ".join(Machine(tmp_path, mended_meanwhile=True).rescued().did()[len(DEPENDENCIES) :])


def test_a_mistake_is_said_aloud_and_on_mqtt_and_nothing_is_started(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "ActiveState=failed\nResult=exit-code\nExecMainCode=1\nExecMainStatus=78\n").rescued()
    assert (machine.did(), machine.said) == ([], ["mistake_in_file"])
    assert "its configuration has a mistake" in machine.told[0]


def test_a_daemon_between_two_starts_is_waited_for(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "ActiveState=activating\nSubState=auto-restart\n", mended_meanwhile=True).rescued()
    assert (machine.did(), len(machine.waited_s)) == ([], 1)


def test_a_daemon_that_was_not_given_up_is_left_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "ActiveState=active\n").rescued()
    assert (machine.did(), machine.said, machine.told) == ([], [], [])


@pytest.mark.parametrize("status", ["11", "78"])
@pytest.mark.parametrize("settled", [True, False])
def test_a_version_on_trial_is_left_to_its_judge(tmp_path: Path, settled: bool, status: str) -> None:
    machine = Machine(tmp_path, f"ActiveState=failed\nResult=exit-code\nExecMainCode=1\nExecMainStatus={status}\n")
    machine.begins_with(History("boot-1", 90.0, "dependencies", climbed=1))
    (tmp_path / "proc/cmdline").write_text("ro quiet oyez.slot=B oyez.trial\n")
    if settled:
        (tmp_path / "run/oyez-system").mkdir()
        (tmp_path / "run/oyez-system/settled").touch()
    machine.rescued()
    assert (machine.did() == STARTED) is not settled
    assert (machine.said == []) is (status == "11" or not settled)


@pytest.mark.parametrize("spoil", ["volatile", "unwritable"])
def test_where_nobody_could_count_reboots_there_is_none(tmp_path: Path, spoil: str) -> None:
    machine = Machine(tmp_path).begins_with(History("boot-1", 90.0, "dependencies", climbed=1))
    if spoil == "volatile":
        (tmp_path / "run/oyez-volatile").touch()
    else:
        (tmp_path / RESCUE).with_suffix(".new").symlink_to(tmp_path / "elsewhere")
    assert machine.rescued().did() == STARTED
    assert machine.said == ["needs_help"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"climbed": "x"}', b"\xff"])
def test_a_history_that_cannot_be_read_begins_anew(tmp_path: Path, content: bytes) -> None:
    machine = Machine(tmp_path)
    (tmp_path / RESCUE).write_bytes(content)
    assert machine.rescued().did()[0].startswith("try-restart")
