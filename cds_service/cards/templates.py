"""A view -> summary and detail, by the Jinja template of the guideline and recommendation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cds_service.cards.view import View

MAX_SUMMARY = 139
MAX_WORDS = 240
MAX_ORDINARY_WORDS = 180

# Nothing that a client could take for HTML, a link, an image, a table or code.
_FORBIDDEN = re.compile(r"[<>\[\]`\\|&@\x00-\x09\x0b-\x1f\x7f]|://|www\.|eligib", re.IGNORECASE)
_WORD = re.compile(r"\S*\w\S*")


class UnfitText(ValueError):
    """A rendered text breaks a rule that holds for every card."""


@dataclass(frozen=True)
class Text:
    """The rendered words of a card."""

    summary: str
    detail: str


def count_words(markdown: str) -> int:
    """Runs of characters between spaces that hold at least one letter or digit."""
    return len(_WORD.findall(markdown))


class Templates:
    """The templates of a cards folder, compiled once; sees sanitised strings only."""

    def __init__(self, cards_dir: Traversable | Path) -> None:
        def source(name: str) -> str | None:
            file = cards_dir / name
            return file.read_text(encoding="utf-8") if file.is_file() else None

        self._environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(source),
            undefined=StrictUndefined,
            autoescape=False,  # Markdown, not HTML: the values are harmless before they come here
            auto_reload=False,
            keep_trailing_newline=True,  # the blank line after an included part is a paragraph
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, guideline: str, recommendation: str, view: View) -> Text:
        """Fill in a template; raises jinja2.TemplateError, or UnfitText without the line '---'."""
        template = self._template(guideline, recommendation)
        values = {field.name: getattr(view, field.name) for field in fields(view)}
        rendered = template.render(values)
        summary, line, detail = rendered.partition("\n---\n")
        if not line:
            raise UnfitText("expected a summary, a line '---' and a detail")
        return Text(" ".join(summary.split()), _tidy(detail))

    def _template(self, guideline: str, recommendation: str) -> Template:
        return self._environment.get_template(template_name(guideline, recommendation))


def template_name(guideline: str, recommendation: str) -> str:
    """Where the template of a recommendation stands in cards/."""
    return f"{guideline}/{recommendation}.md.j2"


def _tidy(detail: str) -> str:
    """One line per paragraph and list item, so that line breaks in a template mean nothing."""
    blocks = re.split(r"\n\s*\n|\n(?=- )", detail.strip())
    # A list of sentences written one a line ends like a sentence.
    lines = [re.sub(r";$", ".", " ".join(block.split())) for block in blocks if block.strip()]
    return re.sub(r"\n\n(?=- )", "\n", "\n\n".join(lines))


def text_problems(text: Text) -> list[str]:
    """Which of the rules that hold for every card a text breaks."""
    return list(_problems(text))


def _problems(text: Text) -> Iterable[str]:
    if not text.summary or not text.detail:
        yield "expected words in summary and detail"
    if len(text.summary) > MAX_SUMMARY:
        yield f"expected a summary of at most {MAX_SUMMARY} characters, found {len(text.summary)}"
    words = count_words(text.detail)
    if words > MAX_WORDS:
        yield f"expected a detail of at most {MAX_WORDS} words, found {words}"
    for name, value in (("summary", text.summary), ("detail", text.detail)):
        found = _FORBIDDEN.search(value)
        if found:
            yield f"expected no {found.group()!r} in the {name}"
