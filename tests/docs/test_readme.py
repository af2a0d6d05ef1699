"""What the README shows is what a reader gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import console_blocks

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_shows_what_a_reader_gets(tmp_path: Path) -> None:
    """In an empty directory: all commands one after the other, then the library's examples."""
    shown = list(console_blocks.commands(README))
    assert shown, "the README shows no commands"
    for command in shown:
        got = console_blocks.run(command.text, tmp_path).stdout
        assert console_blocks.agrees(command.output, got), (
            f"{command.text}\ngives\n{got}\n`make docs` renews the README"
        )
    for block in re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        (tmp_path / "example.txt").write_text(block, "utf-8")
        ran = console_blocks.run("python -m doctest example.txt", tmp_path)
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
