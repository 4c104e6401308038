"""The most memory that this process has held, since it was asked to forget. None where the system tells nothing."""

import contextlib
from pathlib import Path
from typing import Final

_PROCESS: Final = Path("/proc/self")
_FORGET_PEAK: Final = "5"


def reset_peak() -> float | None:
    """Forgets the peak so far; returns what is held now, in MiB."""
    with contextlib.suppress(OSError):
        (_PROCESS / "clear_refs").write_text(_FORGET_PEAK, encoding="ascii")
    return _mebibytes("VmRSS")


def peak_mebibytes() -> float | None:
    """The peak since then, in MiB."""
    return _mebibytes("VmHWM")


def _mebibytes(name: str) -> float | None:
    with contextlib.suppress(OSError):
        for line in (_PROCESS / "status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return None
