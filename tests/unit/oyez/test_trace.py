"""The record of what the daemon was told and ordered."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from oyez import actions as do, events as ev
from oyez.demo.story import read_lines
from oyez.trace import Trace


def lines(path: Path) -> list[dict[str, Any]]:
    return read_lines(path.read_text(encoding="utf-8"))


def test_each_fact_is_a_line_with_its_time_its_name_and_its_fields(tmp_path: Path) -> None:
    times = iter([1.00004, 2.5])
    with Trace(tmp_path / "t", lambda: next(times)) as trace:
        trace(ev.StopHeard("stop", 0.99, 0.75))
        trace(do.CloseTap())
    assert lines(tmp_path / "t") == [
        {"time_s": 1.0, "what": "StopHeard", "word": "stop", "score": 0.99, "threshold": 0.75},
        {"time_s": 2.5, "what": "CloseTap"},
    ]


def test_a_line_can_be_read_the_moment_it_was_written(tmp_path: Path) -> None:
    with Trace(tmp_path / "t", lambda: 1.0) as trace:
        for n in count(1):
            trace(ev.SessionReady())
            assert len(lines(tmp_path / "t")) == n
            if n == 3:
                break


def test_a_second_run_adds_to_the_record_of_the_first(tmp_path: Path) -> None:
    for at in (1.0, 2.0):
        with Trace(tmp_path / "t", lambda at=at: at) as trace:  # type: ignore[misc]
            trace(ev.SessionReady())
    assert [line["time_s"] for line in lines(tmp_path / "t")] == [1.0, 2.0]


def test_a_fact_that_is_no_dataclass_is_recorded_by_name(tmp_path: Path) -> None:
    with Trace(tmp_path / "t", lambda: 1.0) as trace:
        trace(object())
    assert lines(tmp_path / "t") == [{"time_s": 1.0, "what": "object"}]


def test_arguments_of_a_tool_are_recorded_as_the_model_gave_them(tmp_path: Path) -> None:
    with Trace(tmp_path / "t", lambda: 1.0) as trace:
        trace(ev.ToolCalled("c", "set_light", {"name": "Küche", "levels": [1, 2.5, None]}))
    assert lines(tmp_path / "t")[0]["arguments"] == {"name": "Küche", "levels": [1, 2.5, None]}


@given(text=st.text())
def test_words_of_any_kind_make_one_line_and_never_stop_the_daemon(text: str, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("trace") / "t"
    with Trace(path, lambda: 1.0) as trace:
        trace(ev.TextHeard("i", text))
    (line,) = path.read_bytes().splitlines()
    assert json.loads(line)["text"] == text
