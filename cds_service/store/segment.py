"""One file of spool lines that this process holds locked: appended to, read in groups, let go."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

SUFFIX = ".spool"
_NEW = ".new"
_PIECE = 1024 * 1024


class Segment:
    """The lock ends with the process, however that ends; whoever gets it next owns the lines."""

    def __init__(self, path: Path, descriptor: int, *, more: bool) -> None:
        self.path = path
        self.more = more  # whether this process still appends to it
        self.filed = 0  # bytes
        self.kept = False  # lines of it could not be set aside: it must not be deleted
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def append(self, line: bytes) -> None:
        """All of the line or nothing; raises OSError. It does not wait for the disk."""
        done = 0
        try:
            done = os.write(self._descriptor, line)
        finally:
            if done not in (0, len(line)):
                self._cut_off()
        if done != len(line):
            raise OSError(errno.ENOSPC, "no room for a line")
        self.size += done

    def _cut_off(self) -> None:
        """Half a line must not be the beginning of the next one."""
        try:
            os.ftruncate(self._descriptor, self.size)
        except OSError:
            self.more = False

    def lines(self, most: int) -> list[bytes]:
        """The next lines that are not filed, with their ends; raises OSError.

        The last of a dead process may have no end: it was never acknowledged.
        """
        size, piece = self.size, _PIECE
        data = os.pread(self._descriptor, piece, self.filed)
        while b"\n" not in data and self.filed + len(data) < size:
            piece *= 2
            data = os.pread(self._descriptor, piece, self.filed)
        data = data[: size - self.filed]  # what is being appended is not whole yet
        *whole, torn = data.split(b"\n")
        lines = [line + b"\n" for line in whole]
        if torn and self.filed + len(data) == size:
            lines.append(torn)
        return lines[:most]

    def empty(self) -> None:
        """Forget what is filed, and begin at the start; raises OSError."""
        os.ftruncate(self._descriptor, 0)
        self.size = self.filed = 0

    def count(self) -> int:
        """How many lines it holds, a torn one too; raises OSError."""
        found, at, last = 0, 0, b"\n"
        while data := os.pread(self._descriptor, _PIECE, at):
            found, at, last = found + data.count(b"\n"), at + len(data), data
        return found + (not last.endswith(b"\n"))

    def sync(self) -> None:
        """Wait for the disk; raises OSError."""
        os.fsync(self._descriptor)

    def in_place(self) -> bool:
        """Whether the file still has its name: nobody else would find it otherwise."""
        return is_at(self.path, self._descriptor)

    def delete(self) -> None:
        """Nothing of it is needed; raises OSError."""
        self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._descriptor)


def create(path: Path) -> Segment:
    """A new file that nobody else sees before it is locked; raises OSError."""
    new = path.with_suffix(_NEW)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL
    descriptor = os.open(new, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        new.rename(path)
    except OSError:
        os.close(descriptor)
        new.unlink(missing_ok=True)
        raise
    return Segment(path, descriptor, more=True)


def adopt(path: Path) -> Segment | None:
    """The file of a process that is gone; None where it lives. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if is_at(path, descriptor):
            return Segment(path, descriptor, more=False)
    except BlockingIOError:
        pass
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def is_at(path: Path, descriptor: int) -> bool:
    """Whether the name still means the open file: another process may have filed and deleted it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
