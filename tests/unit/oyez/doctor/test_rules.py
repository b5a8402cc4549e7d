"""What cannot be planted in a test's surroundings is judged from facts as they would be told."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez.doctor.clock_reading import synchronised
from oyez.doctor.daemon_rules import judge_daemon
from oyez.doctor.facts import ClockFacts, DaemonFacts, LatencyFacts, Lookup, UnitFacts
from oyez.doctor.network_rules import judge_clock, judge_latency, judge_names
from oyez.doctor.network_visit import endpoint
from oyez.doctor.private import names_in, secrets_in
from oyez.doctor.unit_visit import told
from tests.doubles.pi import put


def names(findings: object) -> list[str]:
    return [finding.name for finding in findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("times_ms", "failures", "found"),
    [
        ([20.0] * 16, 0, []),
        ([20.0] * 13 + [400.0] * 3, 0, ["jitter"]),
        ([20.0] * 15 + [900.0], 0, []),  # one of sixteen is chance
        ([600.0] * 16, 0, ["far"]),
        ([20.0] * 12, 4, ["connections_fail"]),
        ([], 3, []),
    ],
)
def test_latency_is_judged_by_its_middle_and_its_slowest_tenth(
    times_ms: list[float], failures: int, found: list[str]
) -> None:
    assert names(judge_latency(LatencyFacts(who="the service", times_ms=tuple(times_ms), failures=failures))) == found


def test_a_slow_name_server_is_found() -> None:
    assert names(judge_names([Lookup(who="the backend", name="a.example", took_s=5.2)])) == ["slow_dns"]
    assert names(judge_names([Lookup(who="the backend", name="a.example", took_s=0.02)])) == []


@pytest.mark.parametrize(
    ("ahead_s", "synchronised", "sentence"),
    [
        (10_800.0, True, "The clock is 3 hours ahead of the backend's."),
        (-90.0, True, "The clock is 90 s behind the backend's."),
        (-400_000.0, None, "The clock is 5 days behind the backend's."),
        (2.0, False, "The clock is not set by the network."),
    ],
)
def test_a_wrong_clock_is_told_in_the_unit_that_people_would_use(
    ahead_s: float, synchronised: bool | None, sentence: str
) -> None:
    (finding,) = judge_clock(ClockFacts(ahead_s=ahead_s, synchronised=synchronised))
    assert finding.what == sentence


def test_the_kernel_is_asked_only_on_the_machine_itself(tmp_path: Path) -> None:
    assert synchronised(tmp_path, lambda: False) is None
    put(tmp_path, "run/systemd/timesync/other", "")
    assert synchronised(tmp_path, lambda: True) is False


SHOWN = "LoadState=loaded\nActiveState={active}\nResult={result}\nExecMainStatus={code}\nNRestarts={restarts}\n"


@pytest.mark.parametrize(
    ("active", "result", "code", "restarts", "found"),
    [
        ("active", "success", 0, 0, []),
        ("active", "success", 0, 7, ["daemon_restarts"]),
        ("failed", "exit-code", 78, 0, ["daemon_failed"]),
        ("inactive", "success", 0, 0, []),
    ],
)
def test_what_systemd_tells_of_the_service_is_judged(
    active: str, result: str, code: int, restarts: int, found: list[str]
) -> None:
    unit = told(SHOWN.format(active=active, result=result, code=code, restarts=restarts))
    assert names(judge_daemon(DaemonFacts(unit=unit))) == found


def test_a_service_that_systemd_does_not_know_is_no_fact() -> None:
    assert told("LoadState=not-found\nActiveState=inactive\n") is None
    assert told("") is None


def test_a_wrong_configuration_is_named_as_the_cause_by_its_exit_code() -> None:
    (finding,) = judge_daemon(DaemonFacts(unit=UnitFacts(active="failed", result="exit-code", exit_code=78)))
    assert "the configuration is wrong" in finding.what


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(["trouble", "muted", "volume", "hearing", "device", "line"])


@given(
    state=st.dictionaries(KEYS, JSON), hearing=st.dictionaries(st.sampled_from(["lost", "erle_db", "noise_dbfs"]), JSON)
)
def test_whatever_the_daemon_tells_nothing_is_raised(state: dict[str, object], hearing: dict[str, object]) -> None:
    for shown in (state, {**state, "hearing": hearing}):
        list(judge_daemon(DaemonFacts(state=shown, installed="1.0", up_s=7200.0)))


def test_a_daemon_that_loses_sound_and_one_that_is_older_than_the_card_are_found() -> None:
    state = {"hearing": {"lost": {"frames": 90, "capture_overruns": 3}}, "device": {"version": "0.9"}, "volume": 0}
    found = judge_daemon(DaemonFacts(state=state, installed="1.0", up_s=3600.0))
    assert names(found) == ["volume_zero", "sound_lost", "daemon_older"]


def test_what_was_written_where_only_files_belong_counts_as_secret() -> None:
    """Of a configuration that cannot be read, too."""
    text = (
        'mqtt_password = "hunter2"\ndevice_key_file = "/etc/oyez/key"\n  "api-key" = \'k\'\nhost = "flur.fritz.box"\n['
    )
    assert list(secrets_in(text)) == ["hunter2"]
    assert list(names_in(text)) == ["flur.fritz.box"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("wss://api.example/v1/realtime?model=x", ("api.example", 443)),
        ("ws://127.0.0.1:8765/v1", ("127.0.0.1", 8765)),
        ("http://[fd00::1]/", ("fd00::1", 80)),
        ("", None),
        ("http://host:port/", None),
        ("ftp://host/", None),
    ],
)
def test_where_to_connect_is_taken_from_an_address(url: str, place: tuple[str, int] | None) -> None:
    assert endpoint(url) == place
