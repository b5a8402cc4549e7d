"""The card of a board that is reached over ssh, as drivers: the same tests run on it as on a card of this machine."""

import shlex
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from oyez_hw.faults import Fault
from oyez_hw.measuring.take import Take
from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError
from tests.hardware.rig import agent as agent_module
from tests.hardware.rig.rig_file import Ssh

BOOT = "import sys; i = sys.stdin.buffer; exec(compile(i.read(int(i.readline())), 'bench agent', 'exec'))"
"""The agent is sent ahead of the orders: the board needs no file of ours."""
END_S = 5.0


def ssh_command(ssh: Ssh, words: Sequence[str]) -> list[str]:
    """Words that arrive on the board as they are: its shell takes the quotes off."""
    options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=10"]
    options += ["ServerAliveInterval=5", "ServerAliveCountMax=3", "IdentitiesOnly=yes"]
    given = [word for option in options for word in ("-o", option)]
    return ["ssh", *given, "-i", ssh.key, "-p", str(ssh.port), f"{ssh.user}@{ssh.host}", "--", shlex.join(words)]


class Agent:
    """One program on the board. For one thread alone."""

    def __init__(self, ssh: Ssh) -> None:
        self._ssh = ssh
        self._program: subprocess.Popen[bytes] | None = None
        self.xruns = [0, 0]

    def ask(self, name: str, *arguments: Any) -> Any:
        """Raises HardwareError: the card's own, or the board cannot be reached."""
        text = msgspec.msgpack.encode([name, arguments])
        try:
            if self._program is None:
                self._start()
            self._send(struct.pack(">I", len(text)) + text)
            said = msgspec.msgpack.decode(self._receive())
        except OSError as error:
            self.end()
            raise HardwareError(
                f"the board {self._ssh.host} does not answer over ssh ({error}): look at [ssh] of the rig, try `ssh` "
                f"by hand, and see whether {self._ssh.python} there can import oyez_hw"
            ) from error
        self.xruns = said["xruns"]
        if "error" in said:
            raise HardwareError(said["error"], Fault(said["fault"]))
        return said["value"]

    def end(self) -> None:
        """Idempotent."""
        program, self._program = self._program, None
        if program is None:
            return
        assert program.stdin is not None
        try:
            program.stdin.close()
            program.wait(END_S)
        except (OSError, subprocess.TimeoutExpired):
            program.kill()
            program.wait()

    def _start(self) -> None:
        source = Path(agent_module.__file__).read_bytes()
        command = ssh_command(self._ssh, [self._ssh.python, "-c", BOOT])
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(f"{len(source)}\n".encode() + source)

    def _send(self, data: bytes) -> None:
        assert self._program is not None
        assert self._program.stdin is not None
        self._program.stdin.write(data)
        self._program.stdin.flush()

    def _receive(self) -> bytes:
        assert self._program is not None
        assert self._program.stdout is not None
        head = self._program.stdout.read(4)
        if len(head) < 4:
            raise ConnectionResetError("its program ended")
        return self._program.stdout.read(struct.unpack(">I", head)[0])


Chosen = tuple[str, list[str], list[list[int] | None]]
"""What Card.choose() is asked."""


class _Part:
    """One side of the card, with a program of its own on the board."""

    def __init__(self, ssh: Ssh, chosen: Chosen, side: int) -> None:
        self._agent, self._chosen, self._side, self._ready = Agent(ssh), chosen, side, False
        self.xruns = 0

    def _ask(self, name: str, *arguments: Any) -> Any:
        if not self._ready:
            self._agent.ask("choose", *self._chosen)
            self._ready = True
        try:
            return self._agent.ask(name, *arguments)
        finally:
            self.xruns = self._agent.xruns[self._side]

    def end(self) -> None:
        """Its program on the board too. Idempotent."""
        self._agent.end()
        self._ready = False


class RemoteMicrophone(_Part):
    def __init__(self, ssh: Ssh, chosen: Chosen) -> None:
        super().__init__(ssh, chosen, 0)

    def open(self) -> PcmFormat:
        return PcmFormat(*self._ask("listen"))

    def read(self) -> Frame:
        sound, channels, rate_hz, time_s = self._ask("read")
        return Frame(samples_of(sound, channels), rate_hz, time_s)

    def close(self) -> None:
        if self._ready:
            self._ask("deafen")


class RemoteSpeaker(_Part):
    def __init__(self, ssh: Ssh, chosen: Chosen) -> None:
        super().__init__(ssh, chosen, 1)

    def open(self) -> PcmFormat:
        return PcmFormat(*self._ask("speak"))

    def write(self, samples: Samples) -> None:
        self._ask("write", samples.astype("<i2").tobytes(), samples.shape[1])

    def delay_frames(self) -> int:
        return int(self._ask("delay"))

    def drop(self) -> int:
        return int(self._ask("drop"))

    def close(self) -> None:
        if self._ready:
            self._ask("silence")


def remote_take(ssh: Ssh, chosen: Chosen, sound: Samples, after_s: float) -> Take:
    """Raises HardwareError."""
    agent = Agent(ssh)
    try:
        agent.ask("choose", *chosen)
        said = agent.ask("take", sound.astype("<i2").tobytes(), sound.shape[1], after_s)
    finally:
        agent.end()
    return Take(
        samples_of(said["heard"], said["channels"]),
        said["capture_hz"],
        said["playback_hz"],
        np.array(said["captured"], np.float64).reshape(-1, 2),
        np.array(said["written"], np.float64).reshape(-1, 5),
        said["sound_start"],
        tuple(said["capture_breaks"]),
        tuple(said["playback_breaks"]),
    )


def samples_of(sound: bytes, channels: int) -> Samples:
    return np.frombuffer(sound, "<i2").astype(np.int16).reshape(-1, channels)
