"""The few words that the command line itself puts between the policies' own."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.ir.outcome import Status

STATUS = {
    Status.DECIDED: Text("decided", "已定"),
    Status.UNDETERMINED: Text("undetermined", "未定"),
    Status.CONFLICT: Text("conflict", "冲突"),
}
MARKS = {Status.DECIDED: "✓", Status.UNDETERMINED: "?", Status.CONFLICT: "✗"}
COLOURS = {Status.DECIDED: "green", Status.UNDETERMINED: "yellow", Status.CONFLICT: "red"}

AS_OF = Text("as of", "截至")
VERSION = Text("version", "版本")
RULES = Text("rules", "规则")
BECAUSE = Text("because", "理由")
MISSING = Text("waits for", "还缺")
POSSIBLE = Text("possible", "可能是")
ADDITIONS = Text("may add", "还可能有")
CONFLICTS = Text("conflict of", "冲突来自")
ANYTHING = Text("cannot be listed", "无法列举")
ACTUAL = Text("is", "实际为")
GAP = Text("off by", "差")
NOT_KNOWN = Text("not known", "未知")
COLON = Text(": ", "：")
PAUSE = Text(", ", "，")
FACTS_MISSING = Text("facts that would settle more:", "补充以下事实可以确定更多：")
DECISION = Text("decision", "决策")
VALUES = Text("values", "取值")
