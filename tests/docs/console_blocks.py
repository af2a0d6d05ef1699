"""The commands in a document's ```console blocks: read them, run them, write their output back.

A ```yaml block whose first line is a comment with a path (`# policies/claims.yaml`) is a file
that the reader is to write there. `python tests/docs/console_blocks.py README.md` renews the
outputs (`make docs`). A line `...` in an output stands for any lines, and is kept.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?<=^```console\n).*?(?=^```$)|(?<=^```yaml\n)# \S+\.yaml\n.*?(?=^```$)",
    re.MULTILINE | re.DOTALL,
)
FILE = re.compile(r"# (\S+\.yaml)\n")
PROMPT = "$ "
ANY_LINES = "..."


@dataclass(frozen=True)
class Command:
    """A command as a reader would type it, and the output shown under it."""

    text: str
    output: str


def commands(document: str) -> Iterator[Command]:
    """All commands of a document, in order."""
    for block in BLOCK.findall(document):
        yield from _commands_of(block)


def _commands_of(block: str) -> Iterator[Command]:
    file = FILE.match(block)
    if file:
        path = file[1]
        yield Command(f"mkdir -p $(dirname {path}) && cat > {path} <<'END'\n{block}END", "")
        return
    lines = block.splitlines()
    while lines:
        typed = [lines.pop(0).removeprefix(PROMPT)]
        while lines and _goes_on("\n".join(typed)):
            typed.append(lines.pop(0))
        shown = []
        while lines and not lines[0].startswith(PROMPT):
            shown.append(lines.pop(0))
        yield Command("\n".join(typed), "".join(f"{line}\n" for line in shown))


def _goes_on(typed: str) -> bool:
    """Whether the shell would wait for another line: a backslash at the end, an open quote."""
    return typed.endswith("\\") or typed.count("'") % 2 == 1


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader in that folder would, the tools of this environment first."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def normal(output: str) -> str:
    """Without what changes with every edit of a policy, and blanks at the ends of lines."""
    output = re.sub(r"\b[0-9a-f]{16}\b", "VERSION", output)
    output = re.sub(r"\b\d+ passed", "N passed", output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def agrees(shown: str, got: str) -> bool:
    """Whether the output is the one shown, `...` standing for any lines."""
    pattern = re.escape(normal(shown)).replace(re.escape(ANY_LINES) + "\\\n", "(.*\\n)*?")
    pattern = pattern.replace("\\\n" + re.escape(ANY_LINES), "(\\n.*)*?")
    return re.fullmatch(pattern, normal(got)) is not None


def renew(document: str) -> str:
    """The document with the outputs as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        return BLOCK.sub(lambda found: _renewed(found.group(), Path(folder)), document)


def _renewed(block: str, folder: Path) -> str:
    if FILE.match(block):
        for command in _commands_of(block):
            run(command.text, folder)
        return block
    text = ""
    for command in _commands_of(block):
        got = run(command.text, folder).stdout
        keep = ANY_LINES in command.output.splitlines() and agrees(command.output, got)
        text += f"{PROMPT}{command.text}\n" + (command.output if keep else _shown(got))
    return text


def _shown(output: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in output.rstrip().splitlines())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(renew(path.read_text("utf-8")), "utf-8")
