"""Why the store of cases refuses something."""

from __future__ import annotations

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text

SECOND_FILING = "store.second-filing"


def unknown_case(case_id: str) -> Diagnostic:
    """An id that no case has."""
    return Diagnostic(
        "store.unknown-case",
        Text(f"there is no case `{case_id}`", f"没有编号为 `{case_id}` 的事项"),
        None,
        Text("`keyaccount case list` shows the open ones", "可用 `keyaccount case list` 查看"),
    )


def id_taken(case_id: str) -> Diagnostic:
    """An id under which another case was opened before."""
    return Diagnostic(
        "store.id-taken",
        Text(f"another case has the id `{case_id}`", f"编号 `{case_id}` 已被其他事项使用"),
        None,
        Text("open it under another id", "请使用其他编号"),
    )


def second_filing(plan: str, subject: str, case_id: str) -> Diagnostic:
    """A case about something that an open case of the same plan is about already."""
    return Diagnostic(
        SECOND_FILING,
        Text(
            f"`{subject}` is filed already: case `{case_id}` of `{plan}` is open",
            f"`{subject}` 已立案：`{plan}` 的事项 `{case_id}` 尚未结束",
        ),
        None,
        Text("take it up with the owner of that case", "请与该事项的负责人联系"),
    )


def unknown_version(plan: str, version: str) -> Diagnostic:
    """A plan or version that the store has no definition of."""
    return Diagnostic(
        "store.unknown-plan-version",
        Text(
            f"there is no version `{version}` of the plan `{plan}`",
            f"没有流程 `{plan}` 的版本 `{version}`",
        ),
        None,
        Text("the store keeps the versions that cases were opened under", "库中只保存立案时的版本"),
    )


def endless_deadlines(case_id: str, most: int) -> Diagnostic:
    """A case whose deadlines each set another one in the past."""
    return Diagnostic(
        "store.endless-deadlines",
        Text(
            f"more than {counted(most, 'deadline')} of case `{case_id}` fell due at once",
            f"事项 `{case_id}` 同时到期的时限超过 {most} 个",
        ),
        None,
        Text(
            "a deadline that falls due must set the next one in the future",
            "到期后设定的下一个时限必须在将来",
        ),
    )


def unfit_data(what: str) -> Diagnostic:
    """Data that JSON or the database cannot hold."""
    return Diagnostic(
        "store.unfit-data",
        Text(f"{what} cannot be stored", f"无法保存：{what}"),
        None,
        Text(
            "give text, numbers, true, false, null, lists and mappings; no NUL in names",
            "请给出文本、数值、true、false、null、列表或映射；名称不能含空字符",
        ),
    )


def unknown_edition(number: int) -> Diagnostic:
    """An edition of the organisation that the database does not have."""
    return Diagnostic(
        "store.unknown-edition",
        Text(f"there is no edition {number} of the organisation", f"没有第 {number} 版组织数据"),
        None,
        Text(
            "`keyaccount case organisation log` shows those there are",
            "可用 `keyaccount case organisation log` 查看",
        ),
    )
