"""What is on a stick is looked for in a folder of that partition's own, and its first bundle is handed on."""

import os
import re
import subprocess
from pathlib import Path

UNIT = Path(__file__).parents[3] / "systemd/oyez-stick@.service"


def test_two_partitions_that_come_at_once_do_not_share_a_folder(tmp_path: Path) -> None:
    text = UNIT.read_text()
    assert "RuntimeDirectory=oyez-stick/%i\n" in text
    found = re.search(r"^ExecStart=/bin/sh -euc '(.*?)' sh %i$", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    program = found[1].replace("\\\n", " ").replace("$$", "$")
    program = program.replace("/opt/oyez/bin/oyez-system", "echo").replace("/run/oyez-stick", str(tmp_path / "run"))
    mount = tmp_path / "bin/mount"
    mount.parent.mkdir()
    mount.write_text('#!/bin/sh\nfor place; do :; done\nprintf x >"$place/oyez-1.0.0 of a friend.raucb"\n')
    mount.chmod(0o755)
    for name in ("sda1", "sdb1"):
        (tmp_path / "run" / name).mkdir(parents=True)
        environ = {**os.environ, "PATH": f"{mount.parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["/bin/sh", "-euc", program, "sh", name], capture_output=True, text=True, check=True, env=environ
        )
        assert done.stdout == f"update install --unattended {tmp_path}/run/{name}/oyez-1.0.0 of a friend.raucb\n"
