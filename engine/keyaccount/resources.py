"""Files that come with the package: where an installation and a checkout keep them."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def schemas_folder() -> Path:
    """The folder of the JSON Schemas."""
    return _resource("schemas")


def policies_folder() -> Path:
    """The folder of the policies that ship with the package."""
    return _resource("policies")


def _resource(name: str) -> Path:
    """Where a folder is that ships with the package.

    A wheel carries it under `templates/`; in a checkout it stands at the root.
    `pathlib` and not `importlib.resources`, whose import takes longer than
    reading what it would find here.

    Raises:
        FileNotFoundError: neither place has it: the installation is broken.
    """
    for root in (_PACKAGE / "templates", _PACKAGE.parents[1]):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(name)
