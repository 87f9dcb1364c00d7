"""The container image: a linter accepts it, and its steps give a service that answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import Example, Image
from tests.packaging.image import stages
from tests.processes import ending
from tests.security.makers import claims, ec_key, forged, header

SETTINGS = ("CDS_SECRET", "CDS_NAMESPACE", "CDS_NATION", "CDS_CLIENTS", "CDS_PUBLIC_URL")


def hadolint(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    scripts = Path(sys.executable).parent
    linter = shutil.which("hadolint", path=str(scripts))
    assert linter, "the linter of the development lock file is not installed"
    command = [linter, "--no-color", "--failure-threshold", "info", str(dockerfile)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fetched(address: str, body: bytes | None = None) -> dict[str, Any]:
    now = int(time.time())
    token = forged(header(), claims(iat=now, exp=now + 60), ec_key(), "ES384")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(address, body, headers if body else {})
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def test_a_linter_accepts_the_dockerfile(checkout: Path) -> None:
    done = hadolint(checkout / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_refuses_a_damaged_dockerfile(checkout: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "Dockerfile"
    text = (checkout / "Dockerfile").read_text("utf-8")
    damaged.write_text(text.replace("WORKDIR /app", "RUN cd app"), "utf-8")
    assert hadolint(damaged).returncode == 1


def test_the_image_has_a_stage_to_build_and_a_stage_to_run(image: Image) -> None:
    assert (image.first.name, image.last.name) == ("build", "runtime")
    assert any(rest.startswith("--from=build") for rest in image.last.every("COPY"))


def test_the_image_does_not_run_as_root(image: Image) -> None:
    user, group = image.last.every("USER")[-1].split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_every_install_of_a_dependency_checks_its_hash(image: Image) -> None:
    lines = [*image.first.every("RUN"), *image.last.every("RUN")]
    installs = [line for line in lines if "-r requirements/" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)


def test_the_installed_image_holds_no_build_tool(image: Image) -> None:
    names = {path.name.split("-")[0] for path in installed(image).glob("*.dist-info")}
    assert "cds_service" in names
    assert not names & {"hatchling", "editables", "pytest"}


def installed(image: Image) -> Path:
    (packages,) = image.build.scripts("runtime").parent.glob("lib/python*/site-packages")
    return packages


def test_the_installed_image_says_that_it_is_healthy(image: Image, address: str) -> None:
    assert check(image, address.rpartition(":")[2]).returncode == 0


def test_an_image_without_a_running_service_is_not_healthy(image: Image, free_port: int) -> None:
    assert check(image, str(free_port)).returncode == 1


def test_an_image_that_is_told_nothing_says_what_it_needs(image: Image, free_port: int) -> None:
    started = image.start(CDS_PORT=str(free_port))
    with ending(started.process):
        assert started.process.wait(60) == 2
    said = started.said.read_text("utf-8")
    assert all(name in said for name in SETTINGS)
    assert "Traceback" not in said


def check(image: Image, port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        image.last.command("HEALTHCHECK"),
        cwd=image.outside,
        env=image.build.variables(image.last, {"CDS_PORT": port}),
        executable=str(image.build.scripts("runtime") / "python"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_image_lists_the_service(address: str) -> None:
    listed = fetched(f"{address}/cds-services")["services"]
    assert "ntrk-mesothelioma" in {service["id"] for service in listed}


def test_the_installed_image_answers_an_example_with_its_card(
    address: str, example: Example
) -> None:
    answer = fetched(f"{address}/cds-services/ntrk-mesothelioma", example.request)
    assert tuple(card["summary"] for card in answer["cards"]) == example.summaries


def test_the_installed_service_reads_its_own_data_and_not_a_checkout(
    image: Image, checkout: Path
) -> None:
    program = "from cds_service.knowledge.places import data_dir; print(data_dir('knowledge'))"
    done = subprocess.run(
        [str(image.build.scripts("runtime") / "python"), "-c", program],
        cwd=image.outside,
        env=image.build.variables(image.last),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == installed(image) / "cds_service" / "data" / "knowledge"
    assert checkout not in Path(done.stdout.strip()).parents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a AS one\nRUN x \\\n  y\n", (("one", ("x y",)),)),
        (
            "# note\nFROM a AS one\nRUN x\nFROM b AS two\nRUN z\n",
            (("one", ("x",)), ("two", ("z",))),
        ),
    ],
)
def test_a_dockerfile_is_read_stage_by_stage(
    text: str, expected: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    assert tuple((stage.name, stage.every("RUN")) for stage in stages(text)) == expected
