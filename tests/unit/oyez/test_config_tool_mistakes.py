"""Every mistake in the tables of tools is named with its line and its path."""

import re
from pathlib import Path

import pytest

from oyez.config import HomeAssistantConversation, HomeAssistantService, HttpCall, Mcp, MqttRequest, Tool
from oyez.config_file import parse
from oyez.errors import ConfigError

ROOT = Path(__file__).parents[3]
WHO = '[[tools]]\nname = "t"\ndescription = "d"\n'
HOME = '[home_assistant]\nurl = "http://ha.local:8123"\n'


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, "oyez.toml")
    return caught.value.mistakes


def test_each_kind_of_tool_is_read_and_one_without_a_kind_publishes() -> None:
    text = HOME + "".join(
        f'[[tools]]\nname = "{name}"\ndescription = "d"\n{more}\n'
        for name, more in {
            "old": 'topic = "a"',
            "new": 'kind = "mqtt"\ntopic = "a"',
            "asks": 'kind = "mqtt_request"\ntopic = "a/{x}"\nconfirm = true\nparameters.x = {choices = ["b"]}',
            "service": 'kind = "home_assistant"\nservice = "light.turn_{on}"\nparameters.on = {type = "boolean"}',
            "agent": 'kind = "home_assistant_conversation"\nconfirm = "Shall I do {text}?"',
            "web": 'kind = "http"\nurl = "https://h.example/{x}?"\nparameters.x = {}'.replace("?", ""),
        }.items()
    )
    kinds = [type(tool) for tool in parse(text, "x").tools]
    assert kinds == [Tool, Tool, MqttRequest, HomeAssistantService, HomeAssistantConversation, HttpCall]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WHO + 'kind = "mqqt"\n', "tools[0].kind is 'mqqt': it must be one of mqtt, mqtt_request"),
        (WHO + "kind = 3\n", "tools[0].kind is 3"),
        (WHO + 'kind = "http"\ntopic = "a"\nurl = "http://h/"\n', "tools[0].topic is unknown"),
        (WHO + 'kind = "http"\n', "tools[0].url is missing"),
        (WHO + 'kind = "http"\nurl = "ftp://h/"\n', "tools[0].url"),
        (WHO + 'kind = "http"\nurl = "http://{x}/"\nparameters.x = {}\n', "tools[0].url"),
        (WHO + 'kind = "http"\nurl = "http://h/?a=1"\n', "tools[0].url"),
        (WHO + 'kind = "http"\nurl = "http://h/{rom}"\nparameters.room = {}\n', "Did you mean room?"),
        (WHO + 'kind = "http"\nurl = "http://h/{x}"\nparameters.x = {required = false}\n', "may be left out"),
        (WHO + 'kind = "http"\nurl = "http://h/"\njson = {a = 1}\n', "GET has no body"),
        (
            WHO + 'kind = "http"\nurl = "http://h/"\nmethod = "POST"\njson = {a = {b = nan}}\n',
            "cannot be written as JSON",
        ),
        (WHO + 'kind = "http"\nurl = "http://h/"\nmethod = "POST"\njson = {a = 2020-01-01}\n', "cannot be written"),
        (WHO + 'kind = "http"\nurl = "http://h/"\nheaders = {Host = "x"}\n', "cannot be a header"),
        (WHO + 'kind = "http"\nurl = "http://h/"\nheaders = {A = "x\\ny"}\n', "one line"),
        (WHO + 'kind = "home_assistant"\nservice = "light.turn_on"\n', "needs home_assistant.url"),
        (HOME + WHO + 'kind = "home_assistant"\nservice = "turn_on"\n', "tools[0].service"),
        (HOME + WHO + 'kind = "home_assistant"\nservice = "a.{x}"\nparameters.x = {}\n', "may be anything"),
        (HOME + WHO + 'kind = "home_assistant"\nservice = "a.b"\ndata = {n = "{x}"}\n', "which is no parameter"),
        (WHO + 'topic = "a/{x}"\n', "which is no parameter"),
        (WHO + 'kind = "mqtt_request"\ntopic = "a"\nanswer_topic = "b/#"\n', "tools[0].answer_topic"),
        (WHO + 'topic = "a"\nconfirm = "Shall I {x}?"\n', "tools[0].confirm has {x}"),
        (WHO + 'topic = "a"\nparameters.x = {minimum = 1}\n', "only a number"),
        (WHO + 'topic = "a"\nparameters.x = {type = "number", minimum = 2, maximum = 1}\n', "no value would fit"),
        (WHO + 'topic = "a"\nparameters.x = {type = "integer", choices = ["1"]}\n', "make it a string"),
        (WHO + 'topic = "a"\nparameters."x y" = {}\n', "letters, digits"),
        ('[home_assistant]\nurl = "ha.local"\n', "home_assistant.url"),
    ],
)
def test_a_mistake_is_named(text: str, expected: str) -> None:
    found = mistakes(text)
    assert any(expected in sentence for sentence in found), found
    assert all("line " in sentence for sentence in found if "is missing" not in sentence), found


SERVER = '[[mcp]]\nlabel = "home"\nurl = "http://h/mcp"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('allowed_tools = ["intent__*"]\n', "only what this device calls itself"),
        ('from_device = true\nallowed_tools = ["*"]\n', "must begin with a name"),
        ('from_device = true\nallowed_tools = ["a*b"]\n', "only stand at its end"),
        ('from_device = true\nallowed_tools = ["a_*"]\nwithout_approval = ["b"]\n', "names 'b'"),
    ],
)
def test_a_mistake_in_a_server_of_tools_is_named(text: str, expected: str) -> None:
    assert any(expected in sentence for sentence in mistakes(SERVER + text))


def test_a_server_that_the_device_calls_may_be_allowed_by_how_names_begin() -> None:
    text = 'from_device = true\nallowed_tools = ["intent__*"]\nwithout_approval = ["intent__HassTurnOn"]\n'
    (server,) = parse(SERVER + text, "x").mcp
    assert server == Mcp(
        label="home", url="http://h/mcp", from_device=True, allowed_tools=("intent__*",),
        without_approval=("intent__HassTurnOn",),
    )  # fmt: skip


def test_every_example_in_the_docs_is_a_configuration() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "tools.md").read_text(encoding="utf-8"), re.DOTALL)
    configs = [parse(block, "docs/tools.md") for block in blocks]
    kinds = {type(tool) for config in configs for tool in config.tools}
    assert kinds == {Tool, MqttRequest, HomeAssistantService, HomeAssistantConversation, HttpCall}
    assert [server.from_device for config in configs for server in config.mcp] == [True]
