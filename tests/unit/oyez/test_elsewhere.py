"""What was written below the wrong heading is told where it belongs."""

import pytest

from oyez.config import Config
from oyez.elsewhere import SECRETS, pointed, tables_of
from oyez.mistake import Mistake

TABLES = tables_of(Config)
BAD = "is unknown. Did you mean this?"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("device.backend_url", "is unknown here: it belongs below [line]."),
        ("hearing.patience_s", "is unknown here: it belongs below [conversation]."),
        (
            "home.password",
            "is unknown: it is mqtt_password in [secrets]; without [secrets], home.password_file names its file.",
        ),
        ("home.gpio_chip", BAD),  # of lights, or of buttons
        ("home.hots", BAD),
        ("speeking", BAD),
        ("backend_url", "is unknown here: it belongs below [line]."),
        ("tools[0].backend_url", "is unknown here: it belongs below [line]."),
    ],
)
def test_it_is_told_where_exactly_one_table_knows_it(path: str, sentence: str) -> None:
    assert pointed(Mistake(path, BAD, unknown=True), TABLES).sentence == sentence


def test_a_known_setting_stays_where_it_is() -> None:
    mistake = Mistake("home.port", "is 0.")
    assert pointed(mistake, TABLES) == mistake


def test_where_a_secret_belongs_is_a_setting_that_there_is() -> None:
    for path, (_, file) in SECRETS.items():
        table, _, key = file.partition(".")
        assert key in TABLES[table].__struct_fields__
        assert path.partition(".")[2] not in TABLES[table].__struct_fields__
