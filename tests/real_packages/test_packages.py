"""A package is fetched by name, checked by content, and its absence is said aloud."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from tests.real_packages.packages import Package, PackageUnavailableError, fetch

CONTENT = b"what was published"
DIGEST = base64.b64encode(hashlib.sha512(CONTENT).digest()).decode("ascii")
PACKAGE = Package("a-package", "1.0.0", DIGEST)


def test_a_package_in_the_cache_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / PACKAGE.archive).write_bytes(CONTENT)
    assert fetch(PACKAGE, tmp_path, npm="no-such-program") == tmp_path / PACKAGE.archive


def test_a_package_with_other_content_is_refused_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / PACKAGE.archive).write_bytes(CONTENT + b" and more")
    with pytest.raises(ValueError, match=r"a-package-1\.0\.0\.tgz: not the content"):
        fetch(PACKAGE, tmp_path)
    assert not (tmp_path / PACKAGE.archive).exists()


def test_without_npm_the_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackageUnavailableError, match="needs npm, which is not installed"):
        fetch(PACKAGE, tmp_path, npm="no-such-program")


def test_a_download_that_fails_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho unreachable >&2\nexit 1\n", "utf-8")
    npm.chmod(0o755)
    cache = tmp_path / "cache"
    with pytest.raises(PackageUnavailableError, match=r"could not fetch.*unreachable"):
        fetch(PACKAGE, cache, npm=str(npm))
    assert not list(cache.iterdir())
