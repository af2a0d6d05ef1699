"""The bytes of an XML file as text.

Source: XML 1.0, appendix F (detection of encodings).
"""

from __future__ import annotations

import re
from pathlib import Path

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics import yaml_messages as file_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.source import Source

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_READ = frozenset(("utf-8", "us-ascii", "iso-8859-1", "windows-1252", "gbk", "gb2312", "gb18030"))


def read_xml_source(path: Path, limit: int) -> Source:
    """The text of an XML file, with the path as its name.

    Args:
        path: of the file.
        limit: in bytes; a larger file is refused before it is read.

    Raises:
        PolicyError: no such file, too large, an encoding that is not read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise PolicyError([file_messages.file_not_found(str(path), None)]) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyError([file_messages.file_unreadable(str(path), reason)]) from None
    if len(data) > limit:
        place = Source(str(path), "").span(0, 0)
        raise PolicyError([messages.too_much(place, "bytes", "字节数", limit)])
    return decode_xml(data, str(path))


def decode_xml(data: bytes, name: str) -> Source:
    """Text from bytes, by the byte order mark or what the declaration says.

    Raises:
        PolicyError: an encoding that is not read, or bytes that are not in it.
    """
    mark, encoding = _encoding(data)
    place = Source(name, "").span(0, 0)
    if encoding not in _READ and not encoding.startswith("utf-16"):
        raise PolicyError([messages.unknown_encoding(place, encoding)])
    try:
        return Source(name, data[mark:].decode(encoding))
    except UnicodeDecodeError:
        raise PolicyError([messages.unknown_encoding(place, encoding)]) from None


def _encoding(data: bytes) -> tuple[int, str]:
    """How many bytes the mark takes, and the encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return len(mark), encoding
    for start, encoding in _UNMARKED:
        if data.startswith(start):
            return 0, encoding
    declared = _DECLARED.match(data[:200])
    return 0, declared.group(1).decode().lower() if declared else "utf-8"
