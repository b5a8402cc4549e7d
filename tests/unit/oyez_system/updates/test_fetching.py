"""Bundles come whole over a bad line, from a real server over TLS; and what does not is refused with a sentence."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oyez_system.updates import places
from oyez_system.updates.fetching import TRIES, Clocks, Fetcher
from oyez_system.updates.pace import Pace
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import Release
from tests.doubles.certificate import make_certificate
from tests.doubles.release_server import ReleaseServer, release_server

BUNDLE = random.Random(7).randbytes(300_000)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class Waits:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s, self.slept = 0.0, list[float]()
        self.on_sleep: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.on_sleep()
        self.now_s += seconds
        if seconds:
            self.slept.append(seconds)

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now_s, self.sleep, lambda: NOW)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReleaseServer]:
    with release_server(BUNDLE, tmp_path) as serving:
        yield serving


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def fetcher(tmp_path: Path, server: ReleaseServer, waits: Waits) -> Iterator[Fetcher]:
    made = Fetcher(waits.clocks(), random.Random(1), ca_file=str(tmp_path / "certificate.pem"), allow_http=False)
    yield made
    made.close()


def fetch(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path, pace: Pace | None = None) -> bytes:
    release = fetcher.release(server.release_url)
    return fetcher.bundle(release, tmp_path / "download", pace or Pace(0.0), lambda share: None).read_bytes()


def kind(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> str:
    with pytest.raises(Refused) as caught:
        fetch(fetcher, server, tmp_path)
    return caught.value.kind


def test_a_bundle_comes_whole(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    assert fetch(fetcher, server, tmp_path) == BUNDLE


def test_what_the_line_cut_off_is_gone_on_with(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    server.cuts = [100_000, 0, 50_000]
    assert fetch(fetcher, server, tmp_path) == BUNDLE
    assert server.given == len(BUNDLE)
    assert [asked.get("range", "") for asked in server.asked] == [
        "",
        "bytes=100000-",
        "bytes=100000-",
        "bytes=150000-",
    ]
    assert server.asked[1]["if-range"] == '"first"'


def test_another_run_goes_on_where_the_last_one_stopped(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path
) -> None:
    server.cuts = [200_000, *[0] * TRIES]
    assert kind(fetcher, server, tmp_path) == "truncated"
    assert fetch(fetcher, server, tmp_path) == BUNDLE
    assert server.given == len(BUNDLE)


def test_a_file_that_changed_meanwhile_is_begun_anew(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    server.cuts = [100_000, *[0] * TRIES]
    kind(fetcher, server, tmp_path)
    (tmp_path / "download" / "bundle.part").write_bytes(b"x" * 100_000)
    server.etag = '"second"'
    assert fetch(fetcher, server, tmp_path) == BUNDLE


def test_a_server_without_ranges_sends_all_of_it_again(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    server.ranges, server.cuts = False, [100_000]
    assert fetch(fetcher, server, tmp_path) == BUNDLE


def test_one_wrong_byte_is_found_thrown_away_and_fetched_anew(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path
) -> None:
    server.bundle = BUNDLE[:-1] + b"\0"
    assert kind(fetcher, server, tmp_path) == "damaged"
    assert list((tmp_path / "download").iterdir()) == []
    server.bundle = BUNDLE
    assert fetch(fetcher, server, tmp_path) == BUNDLE


@pytest.mark.parametrize("bundle", [BUNDLE[:-1000], BUNDLE + b"more"])
def test_a_file_of_another_size_is_refused_before_it_is_fetched(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path, bundle: bytes
) -> None:
    server.bundle = bundle
    assert kind(fetcher, server, tmp_path) == "mixed_up"
    assert server.given <= len(bundle)


def test_a_server_that_stumbles_is_asked_again_with_longer_and_longer_waits(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path, waits: Waits
) -> None:
    server.statuses = [503, 429, 500]
    assert fetch(fetcher, server, tmp_path) == BUNDLE
    assert len(waits.slept) == 3
    assert waits.slept[0] <= 1.0 < waits.slept[2]


def test_a_server_that_stays_broken_is_left_alone_after_some_tries(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path
) -> None:
    server.statuses = [503] * 20
    assert kind(fetcher, server, tmp_path) == "server_away"
    assert len(server.asked) == TRIES


def test_what_is_not_there_is_not_asked_for_again(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    server.description["bundle"] = "nothing.raucb"
    assert kind(fetcher, server, tmp_path) == "not_found"


def test_a_server_that_is_away_is_a_sentence(tmp_path: Path, waits: Waits) -> None:
    with release_server(BUNDLE, tmp_path) as gone:
        url = gone.release_url
    made = Fetcher(waits.clocks(), random.Random(1), ca_file=str(tmp_path / "certificate.pem"), allow_http=False)
    with pytest.raises(Refused, match=r"127\.0\.0\.1 cannot be reached") as caught:
        made.release(url)
    assert caught.value.kind == "server_away"
    made.close()


def test_a_server_that_nobody_vouches_for_is_not_believed(server: ReleaseServer, tmp_path: Path, waits: Waits) -> None:
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other")
    made = Fetcher(waits.clocks(), random.Random(1), ca_file=str(other), allow_http=False)
    with pytest.raises(Refused, match="could not prove who it is") as caught:
        made.release(server.release_url)
    assert caught.value.kind == "certificate"
    made.close()


def test_a_certificate_out_of_its_time_is_told_as_a_clock_that_may_be_wrong(tmp_path: Path, waits: Waits) -> None:
    with release_server(BUNDLE, tmp_path, expired=True) as expired:
        made = Fetcher(waits.clocks(), random.Random(1), ca_file=str(tmp_path / "certificate.pem"), allow_http=False)
        time.sleep(1.1)  # certificates count in whole seconds
        with pytest.raises(Refused, match="2026-11-21 03:00") as caught:
            made.release(expired.release_url)
        made.close()
    assert caught.value.kind == "clock"


def test_a_redirect_is_followed_but_never_out_of_tls(fetcher: Fetcher, server: ReleaseServer, tmp_path: Path) -> None:
    server.redirect = f"{server.url}/moved/oyez-1.1.0.raucb"
    assert fetch(fetcher, server, tmp_path) == BUNDLE
    places.clear(tmp_path / "download")
    with release_server(BUNDLE, None) as plain:
        server.redirect = f"{plain.url}/moved/oyez-1.1.0.raucb"
        assert kind(fetcher, server, tmp_path) == "certificate"
        assert plain.given == 0 or not (tmp_path / "download" / "bundle.part").exists()


def test_no_more_comes_than_the_line_may_be_used_for(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path, waits: Waits
) -> None:
    assert fetch(fetcher, server, tmp_path, Pace(100_000.0)) == BUNDLE
    assert waits.now_s == pytest.approx(3.0, abs=0.1)


def test_a_full_disk_is_a_sentence_and_nothing_is_fetched(
    fetcher: Fetcher, server: ReleaseServer, tmp_path: Path
) -> None:
    server.description["size"] = 1 << 32
    release = fetcher.release(server.release_url)
    huge = Release(release.version, release.bundle, 1 << 50, release.sha256)
    with pytest.raises(Refused, match="MB are free") as caught:
        fetcher.bundle(huge, tmp_path / "download", Pace(0.0), lambda share: None)
    assert caught.value.kind == "no_room"
    assert server.given == 0


def test_a_description_that_is_none_is_refused(fetcher: Fetcher, server: ReleaseServer) -> None:
    server.description["size"] = -1
    with pytest.raises(Refused, match="no description of a version"):
        fetcher.release(server.release_url)
    server.description["title"] = "x" * 70_000
    with pytest.raises(Refused, match="larger than 64 kB"):
        fetcher.release(server.release_url)
