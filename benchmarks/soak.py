"""A production server under load for minutes -> errors, times, memory, and do the counts agree?

make soak MINUTES=10 [CALLERS=4] [STORE=postgresql://...]: every answer is a request event, every
decision a record, every acknowledged feedback a row. The store must be empty; an SQLite file of
its own is used where none is named.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwk

from benchmarks.soak_calls import (
    FEEDBACK,
    HOOK,
    ISSUER,
    NAMESPACE,
    PUBLIC,
    SITE,
    Caller,
    Tally,
    bodies,
)

_CHECKOUT = Path(__file__).parents[1]
_WARM = 0.3  # part of the time after which memory is compared with the end
_MIB = 1024


@dataclass(frozen=True)
class Server:
    """A running service, with one worker."""

    process: subprocess.Popen[str]
    port: int

    @property
    def worker(self) -> int:
        """The process that answers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def memory(self) -> float:
        """MiB that the worker holds."""
        lines = Path(f"/proc/{self.worker}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / _MIB


def environment(folder: Path, url: str, key: jwk.ECKey) -> dict[str, str]:
    """Settings of a production site with one client, whose key is pinned."""
    public = ", ".join(f"{k} = {json.dumps(v)}" for k, v in key.as_dict(private=False).items())
    clients = folder / "clients.toml"
    lines = ("[[client]]", f'site = "{SITE}"', f'iss = "{ISSUER}"', "quota = 0")
    clients.write_text("\n".join([*lines, f"keys = [{{ {public} }}]"]), "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    return kept | {
        "PYTHONPATH": str(_CHECKOUT),
        "CDS_MODE": "production",
        "CDS_SECRET": os.urandom(32).hex(),
        "CDS_NAMESPACE": NAMESPACE,
        "CDS_NATION": "england",
        "CDS_PUBLIC_URL": PUBLIC,
        "CDS_CLIENTS": str(clients),
        "CDS_STORE_URL": url,
        "CDS_SPOOL_DIR": str(folder / "spool"),
        "CDS_LOG_LEVEL": "warning",
    }


def command(named: dict[str, str], *words: str) -> str:
    """What a command prints; it has to succeed."""
    run = [sys.executable, "-m", "cds_service", *words]
    return subprocess.run(run, env=named, capture_output=True, text=True, check=True).stdout


@contextlib.contextmanager
def serving(folder: Path, named: dict[str, str]) -> Iterator[Server]:
    """A server on a free port; at the end it is stopped as an operator stops it."""
    run = [sys.executable, "-m", "cds_service", "serve", "--port", "0", "--host", "127.0.0.1"]
    log = (folder / "log.txt").open("w")
    with (
        log,
        subprocess.Popen(
            run, env=named, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()  # the public address; the real one is not told
        yield Server(process, _port(process.pid))
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def drive(server: Server, callers: Sequence[Caller], seconds: float) -> tuple[Tally, list[float]]:
    """All callers at once for so long; the worker's memory every second."""
    for caller in callers:
        caller.start()
    memory = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        memory.append(server.memory())
    total = Tally()
    for caller in callers:
        caller.ending.set()
    for caller in callers:
        caller.join(60)
        total += caller.tally
    return total, memory


def main() -> int:
    """Print the figures; 1 where something failed or a count does not agree."""
    minutes, count = float(os.environ["MINUTES"]), int(os.environ.get("CALLERS") or "4")
    sent, key = bodies(), jwk.ECKey.generate_key("P-384", {"kid": "soak", "use": "sig"})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = os.environ.get("STORE") or f"sqlite:///{folder / 'data' / 'store.sqlite'}"
        named = environment(folder, url, key)
        command(named, "store", "upgrade")
        with serving(folder, named) as server:
            callers = [Caller(server.port, key, sent, number) for number in range(count)]
            total, memory = drive(server, callers, minutes * 60)
        state = json.loads(command(named, "store", "state", "--json"))
        chains = json.loads(command(named, "log", "verify", "--json"))
        errors = (folder / "log.txt").read_text("utf-8").splitlines()
    print(_machine(url))
    print(f"{minutes:g} minutes, {count} connections")
    print("\n".join(_times(total, minutes)))
    print(_memory(memory))
    agree = list(counts(total, state["rows"], chains))
    print("\n".join(line for _, line in agree))
    print(f"errors: {dict(total.errors) or 'none'}; lines in the log: {len(errors)}")
    print("\n".join(errors[:5]))
    return 0 if all(right for right, _ in agree) and not total.errors else 1


def _port(pid: int) -> int:
    """The port of the one socket on which this process listens."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(os.readlink(link))
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
            return int(fields[1].rpartition(":")[2], 16)
    raise SystemExit("the server does not listen")


def _machine(url: str) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {python}, {url.partition(':')[0]}"


def _times(total: Tally, minutes: float) -> Iterator[str]:
    for path, name in ((HOOK, "hook"), (FEEDBACK, "feedback")):
        taken = total.milliseconds[path]
        if len(taken) > 1:
            cuts = statistics.quantiles(taken, n=100)
            shown = " ".join(f"p{n} {cuts[n - 1]:.1f}" for n in (50, 95, 99))
            rate = len(taken) / minutes / 60
            yield f"{name}: {len(taken)} ({rate:.1f}/s), ms: {shown} most {max(taken):.1f}"


def _memory(samples: Sequence[float]) -> str:
    warm, end = samples[int(len(samples) * _WARM)], samples[-1]
    return f"worker: {warm:.0f} MiB warm, {end:.0f} MiB at the end, {end - warm:+.1f} MiB"


def counts(
    total: Tally, rows: dict[str, int], chains: dict[str, Any]
) -> Iterator[tuple[bool, str]]:
    """What the clients saw, beside what the store holds."""
    for name, seen, held in (
        ("answers and request events", sum(total.statuses.values()), rows["request_event"]),
        ("decisions and their records", total.recorded, rows["decision"]),
        ("feedback acknowledged and stored", total.feedback, rows["feedback"]),
        ("used tokens sent again and refused", total.again, total.refused),
        ("records and links of the chains", rows["decision"], chains["records"]),
        ("faults of the chains", 0, len(chains["faults"])),
    ):
        yield seen == held, f"{name}: {seen} and {held}{'' if seen == held else ': NOT EQUAL'}"


if __name__ == "__main__":
    sys.exit(main())
