"""Commands and files over SSH, with a real server on loopback."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path

import pytest

from tests.doubles.processes import free_port
from tests.system.shell import NEVER_SEEN, MachineFailed, Shell

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """Of this machine, as who runs the tests."""
    if SSHD is None or shutil.which("ssh-keygen") is None:
        pytest.skip("there is no sshd on this machine")
    folder = Path(tempfile.mkdtemp(prefix="oyez-sshd-"))
    key, port = folder / "key", free_port()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=30)
    Path("/run/sshd").mkdir(exist_ok=True, mode=0o755) if getuser() == "root" else None
    settings = [f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {key}", f"AuthorizedKeysFile {key}.pub"]
    settings += ["StrictModes no", "UsePAM no", f"PidFile {folder}/pid", "PermitRootLogin prohibit-password"]
    (folder / "sshd_config").write_text("\n".join(settings) + "\n")
    server = subprocess.Popen([SSHD, "-D", "-f", str(folder / "sshd_config")], stderr=subprocess.DEVNULL)
    words = ["-F", "none", "-i", str(key), "-p", str(port), *NEVER_SEEN, f"{getuser()}@127.0.0.1"]
    made = Shell(words, folder / "socket", lambda: "its last words")
    try:
        ends = time.monotonic() + 20.0
        while not made.answers():
            assert server.poll() is None, "sshd does not run here"
            assert time.monotonic() < ends
            time.sleep(0.1)
        yield made
    finally:
        made.forget_connection()
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_command_gives_its_exit_code_and_what_it_printed(shell: Shell) -> None:
    done = shell.run("echo heard; echo missed >&2; exit 3")
    assert (done.code, done.out, done.err) == (3, "heard\n", "missed\n")
    with pytest.raises(AssertionError, match="missed"):
        done.check()


def test_a_command_that_does_not_end_is_told_with_the_machines_last_words(shell: Shell) -> None:
    with pytest.raises(MachineFailed, match=r"(?s)did not end within 1 s.*its last words"):
        shell.run("sleep 30", timeout_s=1.0)
    assert shell.run("true").code == 0


def test_files_and_folders_go_there_and_back_as_they_were(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "sound.raw").write_bytes(bytes(range(256)) * 100)
    shell.put(source, f"{tmp_path}/there/carried")
    shell.write(f"{tmp_path}/there/carried/it's said.txt", 'it\'s "quoted"\n')
    back = shell.get(f"{tmp_path}/there/carried", tmp_path / "back")
    assert (back / "inner" / "sound.raw").read_bytes() == bytes(range(256)) * 100
    assert (back / "it's said.txt").read_text() == 'it\'s "quoted"\n'
    assert shell.get_bytes(f"{tmp_path}/there/carried/inner/sound.raw") == bytes(range(256)) * 100


def test_it_waits_until_a_command_ends_well_and_no_longer_than_it_may(shell: Shell, tmp_path: Path) -> None:
    shell.run(f"(sleep 1; touch {tmp_path}/done) >/dev/null 2>&1 &").check()
    shell.until(f"test -e {tmp_path}/done", timeout_s=20.0, pause_s=0.1)
    with pytest.raises(AssertionError, match="ended with 1"):
        shell.until("false", timeout_s=1.0, pause_s=0.1)


def test_after_a_connection_was_forgotten_there_is_another(shell: Shell) -> None:
    shell.forget_connection()
    assert shell.run("echo again").out == "again\n"
