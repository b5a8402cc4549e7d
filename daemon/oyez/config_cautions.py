"""What a configuration allows and its owner will hardly want: said at the start, refused by nobody. Pure."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from oyez.config import Config, HttpCall, ModelPrices

LOOPBACK = ("127.0.0.1", "::1", "localhost")
FREE = "oyez-local"
"""Names of models that cost nothing begin so."""


def cautions(config: Config) -> Iterator[str]:
    """A sentence each."""
    yield from _without_words(config)
    yield from _waiting(config)
    yield from _free_of_charge(config)
    yield from _local_server(config)
    yield from _in_the_clear(config)


def _without_words(config: Config) -> Iterator[str]:
    """Nobody writes down what is said."""
    if config.line.transcription_model:
        return
    if config.conversation.closing_phrases:
        yield (
            "line.transcription_model is empty, so conversation.closing_phrases end nothing: a conversation ends by "
            "conversation.patience_s alone, and no do/ask gets an answer."
        )
    servers = [f"mcp {one.label}" for one in config.mcp if set(one.allowed_tools) - set(one.without_approval)]
    if asks := [*servers, *(f"tools {tool.name}" for tool in config.tools if tool.confirm)]:
        how = "only do/approve agrees" if config.home.host else "and without home.host nobody can agree at all"
        yield f"line.transcription_model is empty, so a spoken yes is not understood, {how} to {', '.join(asks)}."


def _in_the_clear(config: Config) -> Iterator[str]:
    """Secrets that anybody on the way can read."""
    outside = "in the clear: use https:// outside your house."
    for server in config.mcp:
        if server.url.startswith("http://") and server.authorization_file:
            yield f"mcp {server.label}: its token goes to {server.url} {outside}"
    for tool in config.tools:
        if isinstance(tool, HttpCall) and tool.url.startswith("http://") and tool.header_files:
            yield f"tools {tool.name}: {', '.join(tool.header_files)} goes to {tool.url} {outside}"


def _waiting(config: Config) -> Iterator[str]:
    """Of two patiences the shorter decides, and the longer is of no use."""
    line, conversation = config.line, config.conversation
    if line.connect_timeout_s > conversation.opening_s:
        yield (
            f"line.connect_timeout_s ({line.connect_timeout_s:g}) is above conversation.opening_s "
            f"({conversation.opening_s:g}): a slow line is given up before it is open."
        )


def _local_server(config: Config) -> Iterator[str]:
    """Who answers while the service is away, and what that one is sent."""
    line = config.line
    if not line.local_url:
        return
    host = urlsplit(line.local_url).hostname or ""
    if line.local_url.startswith("ws://") and host not in LOOPBACK:
        yield (
            f"line.local_url: what is said here goes to {host} in the clear, and so do keys and tokens: use wss:// in "
            "a network that others are in."
        )
    if line.language != "en":
        yield f"line.local_url: oyez-local understands English alone, and line.language is {line.language}."
    if line.local_after_s >= line.connect_timeout_s:
        yield (
            f"line.local_after_s ({line.local_after_s:g}) is not below line.connect_timeout_s "
            f"({line.connect_timeout_s:g}): the local server is asked only when the service is given up."
        )


def _free_of_charge(config: Config) -> Iterator[str]:
    """What is counted as free is stopped by no budget."""
    dialled = dict(parse_qsl(config.line.realtime_url.partition("?")[2])).get("model", config.line.model)
    if dialled != config.line.model:
        yield (
            f"line.realtime_url asks for {dialled} and line.model is {config.line.model}: the address decides who "
            "answers, and what it costs is counted by the other's prices."
        )
    for prices in config.money.prices:
        missing = [kind for kind in _kinds_of(prices, config) if not getattr(prices, kind)]
        if missing and not prices.model.startswith(FREE):
            yield (
                f"money.prices of {prices.model}: {', '.join(missing)} stand at 0 or are left out, so they count as "
                "free and no budget ends them: write what they cost."
            )


def _kinds_of(prices: ModelPrices, config: Config) -> tuple[str, ...]:
    """What is used of the model that answers; another one may only write down speech."""
    if config.line.model.startswith(prices.model):
        return ("text_input", "text_output", "audio_input", "audio_output")
    return ()
