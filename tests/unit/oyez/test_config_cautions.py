"""Configurations that are valid and hardly meant: each is told in a sentence that names the setting."""

import pytest

from oyez.config import Config
from oyez.config_cautions import cautions
from oyez.config_file import parse

MCP = '[[mcp]]\nlabel = "home"\nurl = "https://h"\nallowed_tools = ["a"]\n'

TOOL = '[[tools]]\nname = "t"\ndescription = "d"\n'


def told(text: str) -> list[str]:
    return list(cautions(parse(text, "oyez.toml")))


def test_of_the_defaults_nothing_is_to_be_said() -> None:
    assert list(cautions(Config())) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[line]\ntranscription_model = ""', "closing_phrases"),
        (f'[conversation]\nclosing_phrases = []\n[line]\ntranscription_model = ""\n{MCP}', "only do/approve agrees"),
        (
            f'[conversation]\nclosing_phrases = []\n[home]\nhost = ""\n[line]\ntranscription_model = ""\n{MCP}',
            "nobody can agree",
        ),
        ("[conversation]\nopening_s = 5", "line.connect_timeout_s (8)"),
        (
            '[[money.prices]]\nmodel = "gpt-realtime-2.1"\ntext_input = 4.0\ntext_output = 24.0\naudio_output = 64.0',
            "audio_input",
        ),
        ('[line]\nrealtime_url = "ws://h/v1/realtime?model=gpt-realtime-9"', "gpt-realtime-9"),
        (MCP.replace("https", "http") + 'authorization_file = "/k"', "in the clear"),
        (
            f'[conversation]\nclosing_phrases = []\n[line]\ntranscription_model = ""\n{TOOL}confirm = true\ntopic="a"',
            "tools t",
        ),
        (f'{TOOL}kind = "http"\nurl = "http://h/"\nheader_files = {{X-Key = "/k"}}', "X-Key goes to http://h/"),
        ('[line]\nlocal_url = "ws://kitchen.lan:8765/v1/realtime"', "goes to kitchen.lan in the clear"),
        ('[line]\nlanguage = "de"\nlocal_url = "ws://127.0.0.1:8765/v1/realtime"', "English alone"),
        (
            '[line]\nlocal_after_s = 8\nlocal_url = "wss://kitchen.lan/v1/realtime"',
            "only when the service is given up",
        ),
    ],
)
def test_what_is_hardly_meant_is_told_once(text: str, words: str) -> None:
    (sentence,) = told(text)
    assert words in sentence


def test_a_server_of_tools_that_asks_nobody_needs_no_words() -> None:
    text = f'[conversation]\nclosing_phrases = []\n[line]\ntranscription_model = ""\n{MCP}without_approval = ["a"]'
    assert told(text) == []


def test_the_local_server_is_free() -> None:
    assert told('[line]\nmodel = "oyez-local"\n[[money.prices]]\nmodel = "oyez-local"') == []
