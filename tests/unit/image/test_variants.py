"""Images broken on purpose."""

from pathlib import Path

import pytest

from oyez_image.variants import BREAKS


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_each_break_changes_the_tree(name: str, tmp_path: Path) -> None:
    systemd = tmp_path / "usr/lib/systemd"
    systemd.mkdir(parents=True)
    (systemd / "systemd").write_text("systemd")
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    (tmp_path / "boot").mkdir()
    (tmp_path / "boot/vmlinuz").write_text("kernel")

    def state() -> dict[str, str]:
        return {str(path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()} | {
            str(path): str(path.readlink()) for path in tmp_path.rglob("*") if path.is_symlink()
        }

    before = state()
    BREAKS[name](tmp_path)
    assert state() != before
