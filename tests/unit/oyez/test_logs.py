"""Log lines: priorities for the journal, time for a person, secrets for nobody."""

import io
import logging
import os
import tempfile
from collections.abc import Iterator

import pytest

from oyez.logs import JournalFormatter, TerminalFormatter, is_journal, set_up


def record(level: int, message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("oyez.home", level, __file__, 1, message, arguments, None)


@pytest.fixture
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    ("level", "prefix"),
    [
        (logging.DEBUG, "<7>"),
        (logging.INFO, "<6>"),
        (logging.WARNING, "<4>"),
        (logging.ERROR, "<3>"),
        (logging.CRITICAL, "<2>"),
    ],
)
def test_the_journal_gets_syslog_priorities(level: int, prefix: str) -> None:
    assert JournalFormatter().format(record(level, "hello")) == f"{prefix}oyez.home: hello"


def test_every_line_of_a_message_carries_its_priority() -> None:
    lines = JournalFormatter().format(record(logging.ERROR, "a\nb")).splitlines()
    assert lines == ["<3>oyez.home: a", "<3>b"]


def test_a_terminal_gets_time_and_level() -> None:
    assert TerminalFormatter().format(record(logging.WARNING, "hello")).endswith("warning oyez.home: hello")


@pytest.mark.usefixtures("_root_logger")
def test_secrets_are_masked_in_arguments_and_in_tracebacks() -> None:
    stream = io.StringIO()
    set_up(logging.INFO, stream, {})
    log = logging.getLogger("oyez.test")
    log.info("got %s", "ek_SECRETSECRET")
    try:
        raise RuntimeError("Bearer SECRETSECRET")
    except RuntimeError:
        log.exception("failed")
    assert "SECRETSECRET" not in stream.getvalue()
    assert stream.getvalue().count("***") == 3  # the argument, the line of source, the message


@pytest.mark.usefixtures("_root_logger")
def test_setting_up_twice_does_not_log_twice() -> None:
    stream = io.StringIO()
    set_up(logging.INFO, io.StringIO(), {})
    set_up(logging.INFO, stream, {})
    logging.getLogger("oyez.test").info("once")
    assert stream.getvalue().count("once") == 1


def test_the_journal_is_known_by_the_inode_that_systemd_names() -> None:
    with tempfile.TemporaryFile("w+") as stream:
        about = os.fstat(stream.fileno())
        assert is_journal(stream, {"JOURNAL_STREAM": f"{about.st_dev}:{about.st_ino}"})
        assert not is_journal(stream, {"JOURNAL_STREAM": "1:1"})
        assert not is_journal(stream, {})
    assert not is_journal(io.StringIO(), {"JOURNAL_STREAM": "1:1"})
