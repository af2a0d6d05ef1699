"""The classification policy by hand, as a careful programmer would write it without an engine.

The same meaning as `policies/classification.yaml`: exact decimals, facts that
are not given (None) leave open only what hangs on them, the ids of the rules
that matched. An answer is a plain tuple: value, rules, status, missing facts,
possible outcomes.
"""

from __future__ import annotations

from decimal import Decimal

Answer = tuple[object, tuple[str, ...], str, tuple[str, ...], tuple[object, ...]]

ECONOMIC_TONNES = Decimal(20)
ECONOMIC_REVENUE = Decimal(5_000_000)
LARGE_ORDER = Decimal(1_000_000)
RUNNING_CONTRACT_YEARS = Decimal(1)
CONSIDERABLE_SALES = Decimal(3_000_000)
IMPORTANT_SECTORS = frozenset(("government", "justice", "public_service", "media"))

YES: Answer = (True, (), "decided", (), ())
NO: Answer = (False, (), "decided", (), ())


def classify(  # noqa: C901 -- the decisions of a policy, one after the other
    *,
    monthly_tonnes: Decimal | None = None,
    annual_revenue: Decimal | None = None,
    sector: str | None = None,
    chain_partner: bool | None = None,
    uses_products: bool | None = None,
    growth_potential: bool | None = None,
    competitor_opening: bool | None = None,
    order_amount: Decimal | None = None,
    contract_years: Decimal | None = None,
    sales_potential: bool | None = None,
    strategic_project: bool | None = None,
    important_influence: bool | None = None,
    strong_innovation: bool | None = None,
    strong_market_development: bool | None = None,
) -> dict[str, Answer]:
    """All decisions of the policy, by name."""
    enough_tonnes = None if monthly_tonnes is None else monthly_tonnes >= ECONOMIC_TONNES
    enough_revenue = None if annual_revenue is None else annual_revenue >= ECONOMIC_REVENUE
    if enough_tonnes or enough_revenue:
        economic = YES
    elif enough_tonnes is None or enough_revenue is None:
        economic = undecided(monthly_tonnes=enough_tonnes, annual_revenue=enough_revenue)
    else:
        economic = NO

    if sector is None:
        important = undecided(sector=None)
    else:
        important = YES if sector in IMPORTANT_SECTORS else NO

    if chain_partner and uses_products:
        group = YES
    elif chain_partner is False or uses_products is False:
        group = NO
    else:
        group = undecided(chain_partner=chain_partner, uses_products=uses_products)

    if growth_potential or competitor_opening:
        strategic = YES
    elif growth_potential is None or competitor_opening is None:
        strategic = undecided(
            growth_potential=growth_potential, competitor_opening=competitor_opening
        )
    else:
        strategic = NO

    large = None if order_amount is None else order_amount >= LARGE_ORDER
    running = None if contract_years is None else contract_years >= RUNNING_CONTRACT_YEARS
    considerable = None if annual_revenue is None else annual_revenue >= CONSIDERABLE_SALES
    promising = considerable or sales_potential
    if not promising and considerable is None:
        promising = None
    if large and running and promising:
        lasting_large_order = YES
    elif large is False or running is False or promising is False:
        lasting_large_order = NO
    else:
        lasting_large_order = undecided(
            order_amount=large,
            contract_years=running,
            annual_revenue=promising if considerable is None else True,
            sales_potential=promising if sales_potential is None else True,
        )

    if large and strategic_project:
        strategic_large_order = YES
    elif large is False or strategic_project is False:
        strategic_large_order = NO
    else:
        strategic_large_order = undecided(order_amount=large, strategic_project=strategic_project)

    influence = told("important_influence", important_influence)
    innovation = told("strong_innovation", strong_innovation)
    market = told("strong_market_development", strong_market_development)

    return {
        "economic_account": economic,
        "important_account": important,
        "group_account": group,
        "strategic_account": strategic,
        "account_class": collected(
            ("economic", economic),
            ("important", important),
            ("group", group),
            ("strategic", strategic),
        ),
        "key_account": any_of(economic, important, group, strategic),
        "lasting_large_order": lasting_large_order,
        "strategic_large_order": strategic_large_order,
        "five_elements": collected(
            ("lasting_orders", lasting_large_order),
            ("strategic_order", strategic_large_order),
            ("influence", influence),
            ("innovation", innovation),
            ("market_development", market),
        ),
        "key_account_by_elements": any_of(
            lasting_large_order, strategic_large_order, influence, innovation, market
        ),
    }


def undecided(**facts: object) -> Answer:
    """Open, for want of those facts that are None."""
    missing = sorted(name for name, value in facts.items() if value is None)
    return (None, (), "undetermined", tuple(missing), (True, False))


def told(name: str, value: bool | None) -> Answer:
    """A fact as an answer."""
    if value is None:
        return undecided(**{name: None})
    return YES if value else NO


def any_of(*answers: Answer) -> Answer:
    """True as soon as one is; else open if one is."""
    if YES in answers:
        return YES
    missing = {name for answer in answers for name in answer[3]}
    if missing:
        return (None, (), "undetermined", tuple(sorted(missing)), (True, False))
    return NO


def collected(*rules: tuple[str, Answer]) -> Answer:
    """The rules whose condition holds; what may be added, where some are open."""
    matching = [name for name, condition in rules if condition is YES]
    possible = tuple([name for name, condition in rules if condition[3]])
    if not possible:
        return (matching, tuple(matching), "decided", (), ())
    missing = {name for _, condition in rules for name in condition[3]}
    return (matching, tuple(matching), "undetermined", tuple(sorted(missing)), possible)
