"""The words of a case's log, in both languages; what has none is shown as it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from keyaccount.cases.plan.clocks import DUE, EVENT_RULES, NEXT
from keyaccount.cases.protocol import Entry
from keyaccount.cli.case_options import local
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.explain.wording import value_in_words
from keyaccount.model.plans import RungAt

_KINDS = {
    "amended": Text("amended", "策略变更"),
    "approved": Text("approved", "批准"),
    "assigned": Text("assigned", "交办"),
    "cancelled": Text("cancelled", "取消"),
    "chain": Text("chain", "审批链"),
    "completed": Text("completed", "完成"),
    "delegated": Text("delegated", "委托"),
    "derived": Text("derived", "推导"),
    "due again": Text("due again", "重新计时"),
    "event": Text("event", "事件"),
    "facts": Text("facts", "事实"),
    "finished": Text("finished", "终止"),
    "moved": Text("moved", "时限变动"),
    "opened": Text("opened", "开始"),
    "opens": Text("opens", "另行立案"),
    "overdue": Text("overdue", "超时"),
    "paused": Text("paused", "暂停"),
    "rejected": Text("rejected", "否决"),
    "reminded": Text("reminded", "提醒"),
    "rescheduled": Text("rescheduled", "时限重排"),
    "restarted": Text("restarted", "重新开始"),
    "resubmitted": Text("resubmitted", "重新提交"),
    "resumed": Text("resumed", "恢复"),
    "returned": Text("returned", "退回修改"),
    "sent back": Text("sent back", "退回环节"),
    "skipped": Text("skipped", "跳过"),
    "unfilled": Text("unfilled", "无人可批"),
    "waiting": Text("waiting", "等待"),
    "withdrawn": Text("withdrawn", "撤回"),
}
_FIELDS = {
    "acting_for": Text("acting for", "代理"),
    "after": Text("after", "改后"),
    "at": Text("at", "时点"),
    "before": Text("before", "改前"),
    "by": Text("by", "操作人"),
    "data": Text("data", "数据"),
    "due": Text("due", "到期"),
    "event": Text("event", "事件"),
    "facts": Text("facts", "事实"),
    "for": Text("for", "等待事实"),
    "from": Text("from", "自"),
    "late": Text("late", "超时"),
    "missing": Text("missing", "缺少"),
    "mode": Text("mode", "方式"),
    "moved": Text("moved", "变动"),
    "opinion": Text("opinion", "意见"),
    "others": Text("together with others of", "另有合并金额"),
    "outcome": Text("outcome", "结果"),
    "owner": Text("owner", "责任人"),
    "plan": Text("plan", "流程"),
    "reason": Text("reason", "原因"),
    "role": Text("role", "角色"),
    "roles": Text("roles", "角色"),
    "round": Text("round", "轮次"),
    "rounds": Text("rounds", "轮数"),
    "rule": Text("rule", "规则"),
    "rung": Text("rung", "级别"),
    "since": Text("since", "自"),
    "through": Text("through", "至"),
    "to": Text("to", "至"),
    "version": Text("version", "版本"),
    "why": Text("why", "原因"),
}
_MOMENTS = frozenset(("due", "before", "after"))
"""Fields that hold instants, shown in the zone of the plans."""
_RUNGS = {
    RungAt.HALF: Text("half time", "时限过半"),
    RungAt.BEFORE: Text("before it is due", "到期前"),
    RungAt.DUE: Text("when due", "到期时"),
    RungAt.AFTER: Text("after it was due", "到期后"),
}
_DEADLINE = re.compile(r"(?P<step>.+)#(?P<round>[0-9]+)(\+[0-9]+)?:(?P<what>[^:]+|wake .+)")
_ROUND = Text("round", "轮次")
_NOTHING = Text("none", "无")


def kind(name: str, language: Language) -> str:
    """What happened, in words."""
    words = _KINDS.get(name)
    return name if words is None else words.in_language(language)


def told(entry: Entry, language: Language) -> str:
    """What more the line says."""
    parts = []
    for name, value in entry.data.items():
        words = _FIELDS.get(name)
        label = name if words is None else words.in_language(language)
        parts.append(f"{label}: {_shown(name, value, language)}")
    return "; ".join(parts)


def deadline(key: str, language: Language) -> str:
    """Which deadline of a case it is: its step, and what comes there."""
    found = _DEADLINE.fullmatch(key)
    if found is None:
        return key
    step, what = found["step"], found["what"]
    if step == EVENT_RULES:
        return Text("event rules", "事件规则").in_language(language)
    again = f" ({_ROUND.in_language(language)} {found['round']})" if int(found["round"]) > 1 else ""
    return f"{step}{again} {_what(what).in_language(language)}"


def fact_in_words(value: object, language: Language) -> str:
    """A fact, or a field of an event, as people write it."""
    if isinstance(value, Mapping):
        named = (f"{name} = {fact_in_words(each, language)}" for name, each in value.items())
        return ", ".join(named)
    return value_in_words(value, language)


def _what(what: str) -> Text:
    if what == DUE:
        return Text("due", "到期")
    if what == NEXT:
        return Text("next round", "下一轮")
    rung = int(what) + 1 if what.isdecimal() else what
    return Text(f"rung {rung}", f"第 {rung} 级")


def _shown(name: str, value: object, language: Language) -> str:
    if name in _MOMENTS and isinstance(value, str):
        return local(datetime.fromisoformat(value))
    if name == "rung" and isinstance(value, int | Decimal):
        return str(value + 1)  # counted from 1 by people
    if name == "at" and value in _RUNGS:
        return _RUNGS[RungAt(str(value))].in_language(language)
    if name == "moved" and isinstance(value, list):
        return ", ".join(_move(each, language) for each in value)
    return fact_in_words(value, language)


def _move(moved: Mapping[str, str | None], language: Language) -> str:
    """`step due 2026-03-02 14:00 → 2026-03-03 14:00`."""
    before, after = (
        local(datetime.fromisoformat(text)) if text else _NOTHING.in_language(language)
        for text in (moved.get("from"), moved.get("to"))
    )
    return f"{deadline(moved['deadline'] or '', language)} {before} → {after}"
