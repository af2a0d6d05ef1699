"""What can be wrong with a database: its address, its reach, its version."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Diagnostic, Text


def unknown_database(url: str) -> Diagnostic:
    """An address that names neither SQLite nor PostgreSQL."""
    return Diagnostic(
        "storage.unknown-database",
        Text(f"no database is meant by `{url}`", f"`{url}` 不是可用的数据库地址"),
        None,
        Text(
            "write `sqlite:///cases.db` or `postgresql://user@host/name`",
            "请写 `sqlite:///cases.db` 或 `postgresql://用户@主机/库名`",
        ),
    )


def cannot_connect(url: str, reason: str) -> Diagnostic:
    """A database that does not answer. `reason`: the driver's own words."""
    return Diagnostic(
        "storage.cannot-connect",
        Text(f"cannot open the database `{url}`: {reason}", f"无法打开数据库 `{url}`：{reason}"),
        None,
        Text(
            "check the address, and that the database is running and may be written",
            "请检查地址，并确认数据库正在运行且可写",
        ),
    )


def failed(url: str, reason: str) -> Diagnostic:
    """A database that fails in the middle of its work. `reason`: the driver's own words."""
    return Diagnostic(
        "storage.failed",
        Text(f"the database `{url}` failed: {reason}", f"数据库 `{url}` 出错：{reason}"),
        None,
        Text(
            "once it is well and its disk has room, look how things stand and try again",
            "请在数据库恢复正常、磁盘空间充足后查看现状并重试",
        ),
    )


def newer_database(url: str) -> Diagnostic:
    """A database whose tables a newer version of the program made."""
    return Diagnostic(
        "storage.newer-database",
        Text(
            f"the database `{url}` was made by a newer version of keyaccount",
            f"数据库 `{url}` 由更新版本的 keyaccount 创建",
        ),
        None,
        Text(
            "use the newer version here too; the tables are left as they are",
            "请在此处也使用较新的版本；数据表未作改动",
        ),
    )
