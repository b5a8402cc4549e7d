"""The tools that stand in the configuration, carried out: by message, by question, by request."""

from collections.abc import Mapping, Sequence
from typing import Any

from oyez.config import AnyTool
from oyez.home import tools
from oyez.home.fetching import Fetcher
from oyez.home.inquiry import Inquirer, Mail
from oyez.home.source import Answered, Question
from oyez.home.topics import Message


class Declared:
    """A source of tools."""

    def __init__(
        self,
        declared: Sequence[AnyTool],
        mail: Mail,
        fetcher: Fetcher,
        *,
        device_id: str = "oyez",
        home_assistant_url: str = "",
    ) -> None:
        self._tools = {tool.name: tool for tool in declared}
        self._declarations = tools.declarations(declared)
        self._mail, self._inquirer, self._fetcher = mail, Inquirer(mail, device_id), fetcher
        self._home_assistant_url = home_assistant_url

    def declarations(self) -> list[dict[str, Any]]:
        return self._declarations

    def question(self, name: str, arguments: Mapping[str, Any]) -> Question | None:
        asked = tools.question(self._tools[name], arguments)
        return Question(asked) if asked else None

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answered:
        match tools.decide(self._tools[name], arguments, self._home_assistant_url):
            case tools.Publish(topic, payload, retain, answer):
                await self._mail.publish(Message(topic, payload.encode(), retain))
                return Answered.well(answer)
            case tools.Inquire() as question:
                return await self._inquirer.ask(question)
            case tools.Fetch() as request:
                return await self._fetcher.fetch(request)
