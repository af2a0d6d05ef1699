"""The wheel, built from the sdist, works outside the checkout, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment's folder of commands, with the wheel in it.

    The dependencies come from this environment by a `.pth` file: nothing is fetched. Python
    does not read the `.pth` files behind it, so the editable installation stays out.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    (wheel,) = distributions.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", str(wheel)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture(scope="module")
def desk(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which `keyaccount init .` has been run."""
    folder = tmp_path_factory.mktemp("desk")
    ran = run(installed, folder, "keyaccount", "init", ".")
    assert ran.returncode == 0, ran.stderr
    return folder


def run(commands: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(commands / command[0]), *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_wheel_carries_policies_and_schemas(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("policies", "schemas"):
        shipped = {
            f"keyaccount/templates/{path.relative_to(ROOT)}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
        assert shipped <= set(names)
    assert "keyaccount/py.typed" in names
    assert "keyaccount/formats/holiday_tables/china.csv" in names
    assert not [name for name in names if name.startswith(("engine/", "tests/"))]


def test_the_sdist_has_what_the_tests_need(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "Makefile",
        "README.md",
        "CHANGELOG.md",
        ".ci/run",
        "schemas/policy.schema.json",
    } <= names
    assert any(name.startswith("tests/") for name in names)


def test_the_package_is_the_installed_one(installed: Path, desk: Path) -> None:
    where = run(installed, desk, "python", "-c", "import keyaccount; print(keyaccount.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(installed.parent), where.stderr


def test_init_refuses_to_overwrite(installed: Path, desk: Path) -> None:
    again = run(installed, desk, "keyaccount", "init", ".")
    assert again.returncode == 2
    assert "policies" in again.stderr


def test_the_policies_written_out_are_free_of_mistakes(installed: Path, desk: Path) -> None:
    checked = run(installed, desk, "keyaccount", "check", "--format", "json")
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["errors"] == 0


def test_it_decides_by_the_policies_written_out(installed: Path, desk: Path) -> None:
    facts = '{"monthly_tonnes": 20}'
    command = ("keyaccount", "decide", "classification", "--facts", facts, "--format", "json")
    decided = run(installed, desk, *command)
    assert decided.returncode == 0, decided.stderr
    assert json.loads(decided.stdout)["decisions"]["economic_account"]["value"] is True


def test_without_a_folder_it_uses_the_policies_that_ship(installed: Path, tmp_path: Path) -> None:
    facts = '{"monthly_tonnes": 19.9999999999999}'
    command = ("keyaccount", "decide", "classification", "--facts", facts, "--format", "json")
    decided = run(installed, tmp_path, *command)
    assert decided.returncode == 0, decided.stderr
    assert json.loads(decided.stdout)["decisions"]["economic_account"]["value"] is not True
