"""CPU and private memory of a process tree, from /proc (Linux; elsewhere they are left out)."""

import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    if not PROC.exists():
        return []
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    """User and system time of the tree so far; with that of the children that ended, where asked."""
    total = 0
    for one in tree(pid):
        try:
            fields = (PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11 : 15 if with_ended else 13]))
    return total / TICK


def private_mb(pid: int) -> list[float]:
    """USS of each process of the tree, largest first."""
    sizes = []
    for one in tree(pid):
        try:
            lines = (PROC / str(one) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kb = sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))
        sizes.append(kb / 1024)
    return sorted(sizes, reverse=True)


def machine() -> str:
    """A line about the machine."""
    model = "unknown processor"
    try:
        for line in (PROC / "cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {memory:.0f} GB"


def busy_share(seconds: float = 1.0) -> float:
    """Share of the machine that is busy while the bench waits: what others take."""

    def read() -> tuple[int, int]:
        numbers = [int(n) for n in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]]
        return sum(numbers), numbers[3] + numbers[4]

    if not PROC.exists():
        return 0.0
    total, idle = read()
    time.sleep(seconds)
    later, idle_later = read()
    return 1 - (idle_later - idle) / max(1, later - total)
