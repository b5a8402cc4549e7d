"""What a household set is found again after a restart."""

from pathlib import Path

from oyez.memory import Memory, Remembered, state_folder


def test_mute_and_volume_are_found_again(tmp_path: Path) -> None:
    Memory(tmp_path).keep(Remembered(muted=True, volume=0.3))
    assert Memory(tmp_path).recall() == Remembered(muted=True, volume=0.3)


def test_wake_words_and_sensitivity_are_found_again(tmp_path: Path) -> None:
    kept = Remembered(wake_words=("alexa", "our_own"), sensitivity="high")
    Memory(tmp_path).keep(kept)
    assert Memory(tmp_path).recall() == kept


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "remembered.json").write_text('{"muted": true, "volume": 0.5}')
    assert Memory(tmp_path).recall() == Remembered(muted=True, volume=0.5)


def test_a_remembered_word_without_a_model_is_left_out_and_with_none_left_it_is_as_configured() -> None:
    configured, known = ("hey_jarvis",), ("hey_jarvis", "alexa")
    assert Remembered(wake_words=("gone", "alexa")).listens_for(configured, known) == ("alexa",)
    assert Remembered(wake_words=("gone",)).listens_for(configured, known) == configured
    assert Remembered().listens_for(configured, known) == configured


def test_a_file_that_cannot_be_read_leaves_the_microphone_off_until_somebody_switches_it_on(tmp_path: Path) -> None:
    (tmp_path / "remembered.json").write_text("{broken")
    assert Memory(tmp_path).recall() == Remembered(muted=True)
    Memory(tmp_path).keep(Remembered(muted=False, volume=0.5))
    assert Memory(tmp_path).recall() == Remembered(muted=False, volume=0.5)


def test_a_folder_that_is_gone_costs_the_memory_and_not_the_device(tmp_path: Path) -> None:
    Memory(tmp_path / "gone").keep(Remembered(muted=True))
    assert Memory(tmp_path / "gone").recall() == Remembered()


def test_without_systemd_nothing_is_kept() -> None:
    assert state_folder({}) is None
    assert state_folder({"STATE_DIRECTORY": "/var/lib/oyez"}) == Path("/var/lib/oyez")
    assert Memory(None).recall() == Remembered()
