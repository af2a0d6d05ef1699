"""The files in `deploy/` as far as they can be tried without a container engine."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from keyaccount.cli.commands.serve import serve

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def options_of(words: list[str]) -> set[str]:
    return {each for each in words[words.index("serve") :] if each.startswith("--")}


def known_options() -> set[str]:
    return {name for each in serve.params for name in each.opts}


def test_the_commands_are_ones_that_serve_knows() -> None:
    compose = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    docker = re.search(r"^CMD \[(.*)\]$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    unit = re.search(r"^ExecStart=(.*)$", (DEPLOY / "keyaccount.service").read_text(), re.MULTILINE)
    assert docker is not None
    assert unit is not None
    for words in (
        compose["services"]["service"]["command"],
        [each.strip(' "') for each in docker[1].split(",")],
        shlex.split(unit[1]),
    ):
        assert options_of(words) <= known_options()


def test_what_the_image_copies_is_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    sources = [line.split()[1] for line in lines if re.match(r"COPY (?!--)", line)]
    assert sources
    assert all((ROOT / each).exists() for each in sources)


def test_what_the_package_is_built_from_is_sent_to_the_builder() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / each).exists() for each in sent)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    needed |= {"pyproject.toml", *project["project"]["license-files"]}
    assert {each.partition("/")[0] for each in needed} <= sent


def test_the_services_of_compose_hold_together() -> None:
    compose = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    services = compose["services"]
    for each in services.values():
        assert set(each.get("depends_on", {})) <= set(services)
        for volume in each.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists()
            else:
                assert source in compose["volumes"]
        if "build" in each:
            context = DEPLOY / each["build"]["context"]
            assert (context / each["build"]["dockerfile"]).is_file()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "keyaccount.service").read_text()
    program = tmp_path / "keyaccount"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "keyaccount.service"
    unit.write_text(text.replace("/opt/keyaccount/bin/keyaccount", str(program)))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ran.stderr.splitlines() if "keyaccount.service:" in line]
    assert not told
