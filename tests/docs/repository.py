"""The files of the repository, as tests of the pages and of the style look at them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def files() -> list[Path]:
    """Everything that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    found = (CHECKOUT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in found if path.is_file())


def python_files() -> list[Path]:
    """The Python files among them."""
    return [path for path in files() if path.suffix == ".py"]


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def links(self) -> list[str]:
        """Targets of its links."""
        return _LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """The names under which its headings can be linked to."""
        return {_anchor(heading) for heading in _HEADING.findall(self.prose)}

    def commands(self) -> Iterator[str]:
        """The lines of its shell examples."""
        for language, body in _FENCE.findall(self.text):
            if language == "sh":
                yield from filter(None, body.splitlines())


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def page(name: str) -> Page:
    """A page by its path."""
    return Page(CHECKOUT / name)


def pages() -> list[Page]:
    """Every Markdown file; a template of a card is none."""
    return [Page(path) for path in files() if path.suffix == ".md"]


def told() -> str:
    """Everything that the pages for readers say."""
    shown = [p for p in pages() if p.path.parent.name in ("docs", "hooks", CHECKOUT.name)]
    return "\n".join(p.text for p in shown)


def name_of(path: Path) -> str:
    """The path as it is written in the repository."""
    return path.relative_to(CHECKOUT).as_posix()
