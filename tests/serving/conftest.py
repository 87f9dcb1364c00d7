"""One development server for tests that leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), CDS_MAX_BODY="100000") as running:
        yield running
