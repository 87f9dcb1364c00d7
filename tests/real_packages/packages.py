"""Published FHIR packages -> their resources: fetched by name, checked by content, kept."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[2] / ".cache" / "npm"
ASKED_FOR = ("Observation", "DiagnosticReport", "Condition")


class PackageUnavailableError(Exception):
    """The package is not in the cache and cannot be fetched here."""


@dataclass(frozen=True)
class Package:
    """One version of a published package, known by its content."""

    name: str
    version: str
    integrity: str  # base64 of the SHA-512 of the archive, as npm writes it

    @property
    def archive(self) -> str:
        """The file that npm makes of it."""
        return f"{self.name}-{self.version}.tgz"

    def is_in(self, file: Path) -> bool:
        """True when the file is this very package."""
        digest = hashlib.sha512(file.read_bytes()).digest()
        return base64.b64encode(digest).decode("ascii") == self.integrity


GENOMICS_REPORTING = Package(
    "hl7.fhir.uv.genomics-reporting",
    "3.0.0",
    "XNjaWxZ7ZJ3pb7FuMxNqgGjPtssigYADLNEOcAYRV2niLABCMapDdIjPy+exTfCCZGd6SOuvezNizbCtAze3IA==",
)
MCODE = Package(
    "hl7.fhir.us.mcode",
    "4.0.0",
    "HJogFi9rQetIUE8gqKFq2tt4I8ukdH3PUCQO5jBiKxYUgh+vrlXvkWkt/XuYOzpNPdfRmsj3LG4UJm5o1g2OlA==",
)


@dataclass(frozen=True)
class Published:
    """One resource of a package, as published, and the Patient of its Bundle if it has one."""

    where: str
    resource: dict[str, Any]

    @property
    def patient_id(self) -> str:
        """The id of its own subject; an invented one where it names none."""
        reference = str(self.resource.get("subject", {}).get("reference", ""))
        return reference.rsplit("/", 1)[-1] or "invented-for-this-test"


@dataclass(frozen=True)
class Resources:
    """What the examples of one package hold."""

    package: Package
    single: tuple[Published, ...]  # the types asked for, those inside Bundles too
    bundles: tuple[Published, ...]

    def example(self, kind: str, name: str) -> dict[str, Any]:
        """One example by type and id: a copy, to be changed."""
        found = (p.resource for p in self.single if p.resource["resourceType"] == kind)
        resource = next(r for r in found if r.get("id") == name)
        copy: dict[str, Any] = json.loads(json.dumps(resource))
        return copy


def fetch(package: Package, cache: Path = CACHE, npm: str = "npm") -> Path:
    """The package's archive; a download that is not the package that was read is refused."""
    kept = cache / package.archive
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        _download(package, kept, npm)
    if not package.is_in(kept):
        kept.unlink()
        raise ValueError(f"{package.archive}: not the content that was published")
    return kept


def _download(package: Package, kept: Path, npm: str) -> None:
    program = shutil.which(npm)
    if program is None:
        raise PackageUnavailableError(f"{package.archive} needs npm, which is not installed")
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        command = [program, "pack", f"{package.name}@{package.version}", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        made = Path(folder) / package.archive
        if done.returncode or not made.is_file():
            raise PackageUnavailableError(f"npm could not fetch {package.archive}: {done.stderr}")
        made.replace(kept)  # whole or not at all, whoever else is fetching


def read(package: Package, archive: Path) -> Resources:
    """Every example resource of the types asked for, alone or inside a Bundle."""
    files = [(name, body) for name, body in json_files(archive) if "/example/" in name]
    bundles = [Published(n, body) for n, body in files if body.get("resourceType") == "Bundle"]
    single = [found for name, body in files for found in _single(name, body)]
    return Resources(package, tuple(single), tuple(bundles))


def json_files(archive: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every JSON file of a package, by name."""
    with tarfile.open(archive) as packed:
        for member in packed:
            opened = packed.extractfile(member) if member.name.endswith(".json") else None
            if opened is not None:
                yield member.name, json.loads(opened.read())


def _single(where: str, resource: dict[str, Any]) -> Iterator[Published]:
    if resource.get("resourceType") in ASKED_FOR:
        yield Published(where, resource)
    for number, entry in enumerate(resource.get("entry", ()), 1):
        yield from _single(f"{where} entry {number}", entry.get("resource", {}))
