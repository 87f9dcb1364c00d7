"""Attachment -> its text, and whether that is all that it says; what cannot be read says so.

Plain text and HTML are decoded, PDFs are read in a child process, everything else is unreadable.
What was read of a damaged attachment stands as a finding, but no 'none' can rest on it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cds_service.domain import Json
from cds_service.reading.fhir_json import obj, objs, text
from cds_service.reading.pdf import UNREADABLE, Document, is_pdf, read_all
from cds_service.reading.sentences import text_of_html

# Not every codec of Python: 'punycode' takes time that grows with the square of the length
_CHARSET = re.compile(
    r"utf-?(?:8|16)(?:le|be)?|(?:us-)?ascii|iso-8859-\d\d?|latin-?1|(?:windows-|cp)125\d"
)
_READABLE = {"text/plain": False, "text/html": True, "application/xhtml+xml": True}
_UNTITLED = "\0"  # no title that anybody sends
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]|\A\s*\{\\rtf")


class Attachments:
    """What the attachments of one patient say; the PDFs among them are read all together."""

    def __init__(self, forms: Sequence[Json]) -> None:
        """Forms that matter most come first: time for PDFs is limited."""
        sent = {id(form): (form, _raw(text(form.get("data")))) for form in forms}
        found = dict.fromkeys(raw for _, raw in sent.values() if raw is not None and is_pdf(raw))
        pdfs = dict(zip(found, read_all(list(found)), strict=True))
        self._read = {key: _document(form, raw, pdfs) for key, (form, raw) in sent.items()}

    def texts(self, resource: Json) -> list[str]:
        """What could be read of each attachment of a resource."""
        return [self._of(form).text for form in forms_of(resource)]

    def are_whole(self, resource: Json) -> bool:
        """True when nothing that the attachments say was missed.

        FHIR: the formats of a report say the same. Two of one type, or two titles, are two texts.
        """
        forms = forms_of(resource)
        whole: dict[str, set[str]] = {}  # types by title; all of them under no title
        for form in forms:
            if self._of(form).whole and _type(form):
                for title in {"", text(form.get("title"))}:
                    whole.setdefault(title, set()).add(_type(form))
                if not text(form.get("title")):
                    whole.setdefault(_UNTITLED, set()).add(_type(form))
        return all(self._of(form).whole or _other_format(form, whole) for form in forms)

    def _of(self, form: Json) -> Document:
        return self._read.get(id(form), UNREADABLE)


def forms_of(resource: Json) -> list[Json]:
    """The attachments of a report, or those that are the value of an Observation."""
    own = [obj(resource.get("valueAttachment"))]
    for extension in objs(resource.get("extension")):
        if text(extension.get("url")).endswith("/extension-Observation.valueAttachment"):
            own.append(obj(extension.get("valueAttachment")))
    return [*objs(resource.get("presentedForm")), *filter(None, own)]


def _document(form: Json, raw: bytes | None, pdfs: Mapping[bytes, Document]) -> Document:
    """The text of an attachment; of whatever type it calls itself, a PDF is one."""
    if raw is None:
        return UNREADABLE
    found = pdfs.get(raw) or _decoded(form, raw)
    return found if _as_announced(form, raw) else replace(found, whole=False)


def _raw(data: str) -> bytes | None:
    """The bytes of an attachment; None for none, and for what is no base64."""
    try:
        return base64.b64decode("".join(data.split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _decoded(form: Json, raw: bytes) -> Document:
    """Plain text or HTML in a charset that we know."""
    parameters = text(form.get("contentType")).casefold().partition(";")[2]
    is_html = _READABLE.get(_type(form))
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "') or "utf-8"
    if is_html is None or not _CHARSET.fullmatch(charset):
        return UNREADABLE
    try:
        decoded = raw.decode(charset)
    except (ValueError, LookupError):
        return UNREADABLE
    if _NO_TEXT.search(decoded):
        return UNREADABLE  # some other file under the name of text
    said = text_of_html(decoded) if is_html else decoded
    return Document(said, bool(said.strip()))


def _as_announced(form: Json, raw: bytes) -> bool:
    """Size and SHA-1 as the sender gave them; senders count the characters of base64 too."""
    size, digest = form.get("size"), text(form.get("hash"))
    encoded = len(text(form.get("data")))
    sized = not isinstance(size, int | str) or str(size) in (str(len(raw)), str(encoded))
    return sized and (not digest or digest in _digests(raw))


def _digests(raw: bytes) -> tuple[str, str]:
    made = hashlib.sha1(raw, usedforsecurity=False)
    return base64.b64encode(made.digest()).decode(), made.hexdigest()


def _type(form: Json) -> str:
    return text(form.get("contentType")).casefold().partition(";")[0].strip()


def _other_format(form: Json, whole: Mapping[str, set[str]]) -> bool:
    """Another type, under the same title or where one of the two has none, was read whole."""
    title, own = text(form.get("title")), _type(form)
    types = whole.get(title, set()) | whole.get(_UNTITLED, set())
    return bool(own) and bool(types - {own})
