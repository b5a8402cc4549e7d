"""The board `virtual`: PulseAudio null sinks under the real alsa-lib, without kernel or hardware, as any user.

A server of its own in a folder, two sinks: what the loudspeaker plays (its monitor can be recorded as `oyez_heard`) and
what the microphones hear (say it into `oyez_mouth`). The program under test needs only the environment; the PCMs are
called as the virtual card's. No room is between the two: what is played is not heard.

`python -m oyez_hw.virtual_pulse --dir DIR` runs it beside other programs.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE

MOUTH, HEARD = "oyez_mouth", "oyez_heard"
"""The other side of each: names of the PCMs for who plays the room."""
_SYSTEM_CONFIG = "/usr/share/alsa/alsa.conf"
_START_S = 10.0
_HOMES = ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH")
"""The server is to leave nothing in the user's."""
_CHANNEL_MAPS = {
    1: "mono",
    2: "front-left,front-right",
    4: "front-left,front-right,rear-left,rear-right",
    6: "front-left,front-right,rear-left,rear-right,front-center,lfe",
    8: "front-left,front-right,rear-left,rear-right,front-center,lfe,side-left,side-right",
}
"""ALSA's own order: with any other, alsa-lib gets silence from the monitor."""


def missing() -> str:
    """Why it cannot be run on this machine; empty: it can."""
    if shutil.which("pulseaudio") is None:
        return "PulseAudio is missing: install pulseaudio"
    folders = [*Path("/usr/lib").glob("*/alsa-lib"), Path("/usr/lib/alsa-lib"), Path("/usr/lib64/alsa-lib")]
    if not any((folder / "libasound_module_pcm_pulse.so").exists() for folder in folders):
        return "alsa-lib's way to PulseAudio is missing: install libasound2-plugins"
    return ""


class VirtualPulse:
    """Makes the server's files in `folder`; start() and stop() as often as is liked."""

    def __init__(self, folder: Path, microphone: PcmFormat, loudspeaker: PcmFormat) -> None:
        """Raises HardwareError: it cannot be run here. ValueError: a number of channels without an order."""
        if reason := missing():
            raise HardwareError(f"the board virtual cannot be made: {reason}")
        for pcm in (microphone, loudspeaker):
            if pcm.channels not in _CHANNEL_MAPS:
                raise ValueError(f"channels is {pcm.channels}; virtual has {', '.join(map(str, _CHANNEL_MAPS))}")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder.absolute()
        self._socket = self._folder / "native"
        self._server: subprocess.Popen[bytes] | None = None
        self.config = self._folder / "asound.conf"
        self.config.write_text(self._asound_conf())
        self._script = self._folder / "server.pa"
        self._script.write_text(_server_script(self._socket, microphone, loudspeaker))

    @property
    def environment(self) -> dict[str, str]:
        """For the process that is to have this board."""
        return {"ALSA_CONFIG_PATH": f"{_SYSTEM_CONFIG}:{self.config}"}

    @property
    def server(self) -> subprocess.Popen[bytes] | None:
        """To be killed by who wants to see that."""
        return self._server

    def start(self) -> None:
        """Returns when the server takes connections. Raises HardwareError: it does not within ten seconds."""
        self._socket.unlink(missing_ok=True)
        command = ["pulseaudio", "-n", "-F", str(self._script), "--daemonize=no", "--exit-idle-time=-1"]
        command += ["--use-pid-file=no", "--disable-shm=yes", "--realtime=no", "--high-priority=no"]
        with (self._folder / "server.log").open("wb") as log:
            self._server = subprocess.Popen(
                command,
                env={**os.environ, **dict.fromkeys(_HOMES, str(self._folder))},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        ends_s = time.monotonic() + _START_S
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > ends_s:
                self.stop()
                raise HardwareError(
                    f"PulseAudio did not come up, see its words in {self._folder / 'server.log'}: mend what it names"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Idempotent."""
        server, self._server = self._server, None
        if server is None:
            return
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self._socket))
            except OSError:
                return False
            return True

    def _asound_conf(self) -> str:
        places = {
            MICROPHONE: "oyez_room.monitor",
            MOUTH: "oyez_room",
            LOUDSPEAKER: "oyez_air",
            HEARD: "oyez_air.monitor",
        }
        return "".join(
            f'pcm.{name} {{ type pulse server "unix:{self._socket}" device "{device}" handle_underrun 1 }}\n'
            for name, device in places.items()
        )


def _server_script(native: Path, microphone: PcmFormat, loudspeaker: PcmFormat) -> str:
    """Sinks first: who finds the socket finds them."""
    lines = [
        f"load-module module-null-sink sink_name={name} rate={pcm.rate_hz} channels={pcm.channels} "
        f"channel_map={_CHANNEL_MAPS[pcm.channels]}"
        for name, pcm in (("oyez_room", microphone), ("oyez_air", loudspeaker))
    ]
    return "\n".join([*lines, f"load-module module-native-protocol-unix auth-anonymous=1 socket={native}", ""])


def main() -> int:
    """Runs until SIGTERM or SIGINT; the first line of output is the setting for the other program's environment."""
    parser = argparse.ArgumentParser(prog="python -m oyez_hw.virtual_pulse", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--dir", type=Path, required=True, help="folder for the server's files")
    parser.add_argument("--capture-rate", type=int, default=16_000)
    parser.add_argument("--capture-channels", type=int, default=1)
    parser.add_argument("--playback-rate", type=int, default=48_000)
    parser.add_argument("--playback-channels", type=int, default=2)
    asked = parser.parse_args()
    try:
        microphone = PcmFormat(asked.capture_rate, asked.capture_channels)
        loudspeaker = PcmFormat(asked.playback_rate, asked.playback_channels)
        board = VirtualPulse(asked.dir, microphone, loudspeaker)
    except (HardwareError, ValueError) as error:
        print(f"oyez_hw.virtual_pulse: {error}", file=sys.stderr)
        return 78
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        board.start()
        print("\n".join(f"{name}={value}" for name, value in board.environment.items()), flush=True)
        signal.pause()
    except HardwareError as error:
        print(f"oyez_hw.virtual_pulse: {error}", file=sys.stderr)
        return 78
    finally:
        board.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
