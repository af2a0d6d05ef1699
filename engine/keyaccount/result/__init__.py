"""What a caller gets back: results of decisions, filled in only as they are looked at."""

from keyaccount.result.json_text import to_json
from keyaccount.result.results import DecisionResult, Frame, Raw, RawDecision, Result

__all__ = ["DecisionResult", "Frame", "Raw", "RawDecision", "Result", "to_json"]
