"""Running programs of the tool root: in a mount namespace of their own, so that nothing stays mounted behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez_image.progress import run

ENTER = """
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; done
shift
exec chroot "$root" "$@"
"""
WORK, REPOSITORY = "/work", "/repository"


@dataclass(frozen=True, slots=True)
class Tools:
    """work: the folder that the programs see as /work. repository: as /repository."""

    root: Path
    work: Path
    repository: Path
    epoch_s: int
    """SOURCE_DATE_EPOCH."""

    def run(
        self,
        command: Sequence[str],
        *,
        log: str,
        environment: Mapping[str, str] | None = None,
        binds: Mapping[Path, str] | None = None,
    ) -> None:
        """log: the name of a file among the build's logs. Raises BuildError."""
        places = {self.work: WORK, self.repository: REPOSITORY, **(binds or {})}
        pairs = [word for outside, inside in places.items() for word in (str(outside), inside)]
        run(
            ["unshare", "--mount", "--", "sh", "-euc", ENTER, "sh", self.root, *pairs, "--", *command],
            log=self.work / "logs" / log,
            environment={**self._environment(), **(environment or {})},
        )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": "/root",
            "SOURCE_DATE_EPOCH": str(self.epoch_s),
            "E2FSPROGS_FAKE_TIME": str(self.epoch_s),
            "E2FSCK_TIME": str(self.epoch_s),
            "PYTHONHASHSEED": "0",
        }
