"""What may not grow: memory, tasks, files, threads."""

import asyncio
import gc
import os
import resource
import threading
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PAGE_BYTES = resource.getpagesize()
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    at_s: float
    rss_mib: float
    python_mib: float
    """What Python's own objects take (tracemalloc); 0 where it does not trace."""
    tasks: int
    files: int
    threads: int


def read(at_s: float) -> Reading:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
    traced = tracemalloc.get_traced_memory()[0]
    files = len(os.listdir("/proc/self/fd"))
    return Reading(
        round(at_s), round(resident / MIB, 1), round(traced / MIB, 2), len(asyncio.all_tasks()), files,
        threading.active_count(),
    )  # fmt: skip


def growth(readings: list[Reading], gauge: str) -> float:
    """From the second quarter of the run to the last: the first warms up."""
    quarter = max(1, len(readings) // 4)
    values = [float(getattr(reading, gauge)) for reading in readings]
    return median(values[-quarter:]) - median(values[quarter : 2 * quarter])
