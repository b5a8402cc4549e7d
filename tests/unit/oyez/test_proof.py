"""The file in which the daemon says what it has proved."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez.proof import Proof, read, write

PROOFS = st.builds(
    Proof,
    version=st.text(max_size=20),
    since_boot_s=st.floats(0, 1e6),
    microphone=st.none() | st.booleans(),
    scoring=st.none() | st.booleans(),
    loudspeaker=st.booleans(),
    conductor=st.booleans(),
    broker=st.none() | st.booleans(),
    token=st.none() | st.booleans(),
    troubles=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    busy=st.text(max_size=10),
    next_timer_s=st.none() | st.floats(0, 1e6),
)


@given(PROOFS)
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, proof: Proof) -> None:
    path = tmp_path_factory.getbasetemp() / "proof.json"
    write(path, proof)
    assert read(path) == proof


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b'{"version": 3}'])
def test_what_is_not_understood_proves_nothing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "proof.json"
    if content is not None:
        path.write_bytes(content)
    assert read(path) is None
