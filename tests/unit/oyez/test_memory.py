"""What a household set is found again after a restart."""

from pathlib import Path

from oyez.memory import Memory, Remembered, state_folder


def test_mute_and_volume_are_found_again(tmp_path: Path) -> None:
    Memory(tmp_path).keep(Remembered(muted=True, volume=0.3))
    assert Memory(tmp_path).recall() == Remembered(muted=True, volume=0.3)


def test_a_file_that_cannot_be_read_is_as_if_there_were_none(tmp_path: Path) -> None:
    (tmp_path / "remembered.json").write_text("{broken")
    assert Memory(tmp_path).recall() == Remembered()


def test_a_folder_that_is_gone_costs_the_memory_and_not_the_device(tmp_path: Path) -> None:
    Memory(tmp_path / "gone").keep(Remembered(muted=True))
    assert Memory(tmp_path / "gone").recall() == Remembered()


def test_without_systemd_nothing_is_kept() -> None:
    assert state_folder({}) is None
    assert state_folder({"STATE_DIRECTORY": "/var/lib/oyez"}) == Path("/var/lib/oyez")
    assert Memory(None).recall() == Remembered()
