"""What other processes have used, as Linux tells it."""

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def cpu_seconds(process: int) -> float:
    """Of the process alone, since it began."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def cpu_seconds_of_family(process: int) -> float:
    """Of the process, of the children that it has, and of those that it had and that have ended."""
    fields = _stat(process)
    if not fields:
        return 0.0
    ended = (int(fields[13]) + int(fields[14])) / _TICKS
    return cpu_seconds(process) + ended + sum(cpu_seconds(child) for child in _children(process))


def forget_peak(process: int) -> None:
    """The most memory that it held is counted from now on."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")


def mebibytes(process: int, *, peak: bool) -> float:
    """What it holds, or the most that it held."""
    name = "VmHWM:" if peak else "VmRSS:"
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def _stat(process: int) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return []
