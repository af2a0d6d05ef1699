"""What the README shows is what a reader gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import console_blocks

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory that all commands run in, one after the other, as a reader would."""
    return tmp_path_factory.mktemp("reader")


def test_every_command_of_the_readme_gives_the_output_shown(folder: Path) -> None:
    shown = list(console_blocks.commands(README))
    assert shown, "the README shows no commands"
    for command in shown:
        got = console_blocks.run(command.text, folder).stdout
        assert console_blocks.agrees(command.output, got), (
            f"{command.text}\ngives\n{got}\n`make docs` renews the README"
        )


def test_the_library_example_runs(folder: Path) -> None:
    """After the commands, which have written the policies out."""
    for block in re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        (folder / "example.txt").write_text(block, "utf-8")
        ran = console_blocks.run("python -m doctest example.txt", folder)
        assert ran.returncode == 0, ran.stdout


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("engine/**/*.md"), *ROOT.glob("policies/**/*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert not broken


@pytest.mark.parametrize(
    ("shown", "got", "agree"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("version 0123456789abcdef\n", "version fedcba9876543210\n", True),
    ],
)
def test_outputs_are_compared_line_by_line(shown: str, got: str, agree: bool) -> None:
    assert console_blocks.agrees(shown, got) is agree
