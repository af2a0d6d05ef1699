"""The credit policy by hand, as a careful programmer would write it without an engine.

The same meaning as `policies/credit.yaml`, for accounts of which every fact is
known: no unknown values are handled here, which gives it an advantage over what
it is compared with. An answer is a plain tuple: value, rules, status, missing
facts, possible outcomes.
"""

from __future__ import annotations

from decimal import Context, Decimal

Answer = tuple[object, tuple[str, ...], str, tuple[str, ...], tuple[object, ...]]

GREEN_TRADE = Decimal(5_000_000)
YELLOW_TRADE = Decimal(500_000)
GOOD_ON_TIME = Decimal("0.95")
FAIR_ON_TIME = Decimal("0.80")
GOOD_OVERDUE = Decimal(15)
FAIR_OVERDUE = Decimal(60)
GREEN_LIMIT_SHARE = Decimal("0.25")
YELLOW_LIMIT_SHARE = Decimal("0.10")
NEW_ACCOUNT_LIMIT = Decimal(50_000)
GREEN_TERMS = Decimal(60)
YELLOW_TERMS = Decimal(30)
TIER_ADJUSTMENT_DAYS = Decimal(10)
NOTHING = Decimal(0)

EXACT = Context(prec=34)
YES: Answer = (True, (), "decided", (), ())
NO: Answer = (False, (), "decided", (), ())


def decided(value: object, rule: str) -> Answer:
    """A value by one rule."""
    return (value, (rule,), "decided", (), ())


def assess(
    *,
    account_status: str,
    due_payments: Decimal,
    annual_trade: Decimal,
    on_time_ratio: Decimal,
    max_overdue_days: Decimal,
    recorded_tier: str | None = None,
) -> dict[str, Answer]:
    """All decisions of the policy, by name; every fact but the recorded tier must be given."""
    existing = account_status == "existing"
    has_record = existing or (account_status == "new" and due_payments > 0)
    record = fulfilment_record(has_record, on_time_ratio, max_overdue_days)
    tier = credit_tier(record[0], existing, annual_trade)
    change = tier_change(recorded_tier, tier[0])
    days = None if change[0] == "unchanged" else TIER_ADJUSTMENT_DAYS
    return {
        "has_record": YES if has_record else NO,
        "fulfilment_record": record,
        "credit_tier": tier,
        "credit_limit": credit_limit(record[0], tier[0], existing, annual_trade),
        "payment_terms_days": payment_terms(record[0], tier[0]),
        "tier_change": change,
        "days_to_adjust": (days, (), "decided", (), ()),
    }


def fulfilment_record(
    has_record: bool, on_time_ratio: Decimal, max_overdue_days: Decimal
) -> Answer:
    """The record of payments."""
    if not has_record:
        return decided("none", "no_record")
    if on_time_ratio < FAIR_ON_TIME:
        return decided("poor", "often_late")
    if max_overdue_days > FAIR_OVERDUE:
        return decided("poor", "long_overdue")
    if on_time_ratio < GOOD_ON_TIME:
        return decided("fair", "sometimes_late")
    if max_overdue_days > GOOD_OVERDUE:
        return decided("fair", "sometimes_overdue")
    return decided("good", "good")


def credit_tier(record: object, existing: bool, annual_trade: Decimal) -> Answer:
    """The tier by record and trade."""
    if record == "none":
        return decided("yellow", "no_record")
    if record == "poor":
        return decided("red", "poor_record")
    if not existing:
        return decided("yellow", "first_year")
    if record == "good":
        if annual_trade >= GREEN_TRADE:
            return decided("green", "green")
        return decided("yellow", "good_but_small")
    if annual_trade >= YELLOW_TRADE:
        return decided("yellow", "fair_and_large")
    return decided("red", "fair_but_small")


def credit_limit(record: object, tier: object, existing: bool, annual_trade: Decimal) -> Answer:
    """How much credit."""
    if record == "none":
        return decided(NOTHING, "no_record")
    if tier == "red":
        return decided(NOTHING, "red")
    if tier == "green":
        return decided(EXACT.multiply(annual_trade, GREEN_LIMIT_SHARE), "green")
    if existing:
        return decided(EXACT.multiply(annual_trade, YELLOW_LIMIT_SHARE), "yellow")
    return decided(NEW_ACCOUNT_LIMIT, "first_year")


def payment_terms(record: object, tier: object) -> Answer:
    """How long to pay, in days."""
    if record == "none":
        return decided(NOTHING, "no_record")
    if tier == "green":
        return decided(GREEN_TERMS, "green")
    if tier == "yellow":
        return decided(YELLOW_TERMS, "yellow")
    return decided(NOTHING, "red")


def tier_change(recorded: str | None, tier: object) -> Answer:
    """How the tier moves."""
    if recorded is None:
        return decided("first_entry", "first_entry")
    if recorded == tier:
        return ("unchanged", (), "decided", (), ())
    if tier == "green":
        return decided("upgraded", "up_to_green")
    if tier == "red":
        return decided("downgraded", "down_to_red")
    if recorded == "red":
        return decided("upgraded", "red_to_yellow")
    return decided("downgraded", "green_to_yellow")
