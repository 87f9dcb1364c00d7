"""Environment variables -> one frozen Settings; a wrong, missing or unknown one stops the start.

Every setting is described in docs/settings.md, which a test compares with `NAMES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cds_service.domain import Nation
from cds_service.errors import SettingsError

DEVELOPMENT_SECRET = b"for development only: not a secret"
DEVELOPMENT_NAMESPACE = "org.example"
SECRET_BYTES = 32
OBSERVATION_CODES = (
    *(
        f"http://loinc.org|{code}"
        for code in (
            "69548-6",
            "95123-6",
            "81247-9",
            "51969-4",
            "55233-1",
            "84413-4",
            "84414-2",
            "53041-0",
            "31206-6",
        )
    ),
    "http://snomed.info/sct|1098951000119108",
)
STORE_URL = "sqlite:///cds-data/store.sqlite"
SPOOL_DIR = Path("cds-data/spool")
_MIB = 1024 * 1024
# Kubernetes injects CDS_SERVICE_HOST and the like for a service named 'cds'; the test runner
# reads CDS_TEST_STRICT.
_NOT_OURS = ("CDS_SERVICE_", "CDS_TEST_STRICT")
_NAMESPACE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
_SECONDS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")
_ORIGIN = re.compile(
    r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?"
)
_CODE = re.compile(r"[^\s|,{}&?#]+\|[^\s|,{}&?#]+")


class LogLevel(StrEnum):
    """What is logged: no level shows anything of a patient or a token."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


class Mode(StrEnum):
    """Where the service runs: development is open and forgiving, production is neither."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Settings:
    """Everything that a site can set; the defaults are those of development."""

    mode: Mode = Mode.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    secret: bytes = field(default=DEVELOPMENT_SECRET, repr=False)
    namespace: str = DEVELOPMENT_NAMESPACE
    nation: Nation = Nation.ENGLAND
    hooks_version: str = "2.0.1"
    approvals: Path | None = None
    knowledge_dir: Path | None = None
    cards_dir: Path | None = None
    observation_codes: tuple[str, ...] = OBSERVATION_CODES
    prefetch_laboratory: bool = True
    patient_users: bool = True
    unavailable_as_card: bool = False
    max_body: int = 32 * _MIB
    clients: Path | None = None
    fetch_budget: float = 2.0  # seconds for everything that one call reads from a FHIR server
    log_level: LogLevel = LogLevel.INFO
    cors_origins: tuple[str, ...] = ()  # development; in production the registry's alone count
    store_url: str = field(default=STORE_URL, repr=False)  # it may hold a password
    spool_dir: Path = SPOOL_DIR
    retention_days: int = 0  # 0 keeps everything
    hold_back: bool = False
    keep_input: bool = False
    jti_strict: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read every CDS_* variable; an empty one counts as not set."""
        given = {k: v.strip() for k, v in environ.items() if _is_ours(k) and v.strip()}
        problems = [_unknown(name) for name in sorted(given) if name not in _READERS]
        values: dict[str, Any] = {}
        for name, (attribute, read) in _READERS.items():
            if name in given:
                try:
                    values[attribute] = read(given[name])
                except ValueError as error:
                    problems.append(f"{name}: {error}")
        if values.get("mode") is Mode.PRODUCTION:
            values.setdefault("patient_users", False)
            problems += _production_problems(values, given)
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)

    @property
    def production(self) -> bool:
        """True where real patients are meant."""
        return self.mode is Mode.PRODUCTION


def _is_ours(name: str) -> bool:
    return name.startswith("CDS_") and not name.startswith(_NOT_OURS)


def _unknown(name: str) -> str:
    near = get_close_matches(name, _READERS, n=1)
    return f"{name}: no such setting" + (f", did you mean {near[0]}?" if near else "")


def _production_problems(values: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    checks = (
        (
            "CDS_SECRET",
            values.get("secret", DEVELOPMENT_SECRET) == DEVELOPMENT_SECRET,
            f"production needs a secret of its own of at least {SECRET_BYTES} bytes",
        ),
        (
            "CDS_NAMESPACE",
            values.get("namespace", DEVELOPMENT_NAMESPACE) == DEVELOPMENT_NAMESPACE,
            "production needs a reverse domain that the site owns",
        ),
        ("CDS_NATION", "nation" not in values, f"production needs one of {_one_of(Nation)}"),
        ("CDS_CLIENTS", "clients" not in values, "production needs a registry of its callers"),
        (
            "CDS_CORS_ORIGINS",
            "cors_origins" in values,
            "production takes origins from the registry of CDS_CLIENTS",
        ),
        ("CDS_PUBLIC_URL", "public_url" not in values, "production needs its https address"),
        (
            "CDS_PUBLIC_URL",
            "public_url" in values and not values["public_url"].startswith("https://"),
            "production is addressed by https",
        ),
    )
    # A value that could not be read has its own problem already.
    return [f"{n}: {text}" for n, wrong, text in checks if wrong and not _unread(n, values, given)]


def _unread(name: str, values: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    return name in given and _READERS[name][0] not in values


def _one_of(words: type[StrEnum]) -> str:
    return ", ".join(words)


def _word(words: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        if text not in list(words):
            raise ValueError(f"expected one of {_one_of(words)}")
        return words(text)

    return read


def _version(text: str) -> str:
    if text not in ("2.0.1", "3.0.0"):
        raise ValueError("expected 2.0.1 or 3.0.0")
    return text


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("expected true or false")
    return text == "true"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # The ASCII test keeps out digits of other scripts, the length test numbers of any size.
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not plain or not least <= int(text) <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return int(text)

    return read


def _secret(text: str) -> bytes:
    secret = text.encode("utf-8", "surrogateescape")
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"expected at least {SECRET_BYTES} bytes")
    return secret


def _namespace(text: str) -> str:
    if not _NAMESPACE.fullmatch(text):
        raise ValueError("expected a reverse domain in lower case, such as org.example")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an http or https address without query")
    return text.rstrip("/")


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError("no such file")
    return path


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError("no such folder")
    return path


def _seconds(text: str) -> float:
    if not _SECONDS.fullmatch(text) or not 0.1 <= float(text) <= 30:
        raise ValueError("expected seconds from 0.1 to 30, such as 2.0")
    return float(text)


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    if not origins or not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("expected origins such as http://localhost:8080, separated by commas")
    return origins


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in text.split(",") if code.strip())
    if not codes or not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("expected system|code, separated by commas")
    return codes


_READERS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "CDS_MODE": ("mode", _word(Mode)),
    "CDS_HOST": ("host", str),
    "CDS_PORT": ("port", _number(0, 65535)),
    "CDS_PUBLIC_URL": ("public_url", _url),
    "CDS_SECRET": ("secret", _secret),
    "CDS_NAMESPACE": ("namespace", _namespace),
    "CDS_NATION": ("nation", _word(Nation)),
    "CDS_HOOKS_VERSION": ("hooks_version", _version),
    "CDS_APPROVALS": ("approvals", _file),
    "CDS_KNOWLEDGE_DIR": ("knowledge_dir", _folder),
    "CDS_CARDS_DIR": ("cards_dir", _folder),
    "CDS_OBSERVATION_CODES": ("observation_codes", _codes),
    "CDS_PREFETCH_LABORATORY": ("prefetch_laboratory", _flag),
    "CDS_PATIENT_USERS": ("patient_users", _flag),
    "CDS_UNAVAILABLE_AS_CARD": ("unavailable_as_card", _flag),
    "CDS_MAX_BODY": ("max_body", _number(1, 1024 * _MIB)),
    "CDS_CLIENTS": ("clients", _file),
    "CDS_FETCH_BUDGET": ("fetch_budget", _seconds),
    "CDS_LOG_LEVEL": ("log_level", _word(LogLevel)),
    "CDS_CORS_ORIGINS": ("cors_origins", _origins),
    "CDS_STORE_URL": ("store_url", str),
    "CDS_SPOOL_DIR": ("spool_dir", Path),
    "CDS_RETENTION_DAYS": ("retention_days", _number(0, 36_500)),
    "CDS_HOLD_BACK": ("hold_back", _flag),
    "CDS_KEEP_INPUT": ("keep_input", _flag),
    "CDS_JTI_STRICT": ("jti_strict", _flag),
}
NAMES = frozenset(_READERS)
