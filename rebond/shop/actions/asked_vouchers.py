"""A voucher of the network costs the operator: above the limit of a role, another person grants it (decision 30)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.catalogue.models import Category
from rebond.core.money import format_cents
from rebond.ledger.errors import ActRefused, RequestInvalid
from rebond.ledger.money_acts import Limit, MoneyAct, Plan, register_act
from rebond.network.models import Organisation
from rebond.shop.actions.voucher_desk import Terms, check_terms, create_voucher
from rebond.shop.errors import VoucherInvalidError
from rebond.shop.models import Voucher

VOUCHER = "shop.voucher.create"


def by_cost() -> dict[str, Limit]:
    """The usual limits: 500 € in a day alone, 10,000 € granted by the treasurer, any amount by a coordinator."""
    return {"finance": Limit(alone=50_000, grant=1_000_000), "coordinator": Limit(alone=50_000, grant=None)}


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """Terms as plain values: days as `2026-11-27`, a category by its key ("": all of them)."""

    name: str
    amount_cents: int | None
    percent: int | None
    ceiling_cents: int | None
    floor_cents: int
    category: str
    starts_on: str
    ends_on: str
    uses_max: int
    buyer_max: int


def plain(terms: Terms) -> VoucherTerms:
    """What a request keeps of the terms."""
    return VoucherTerms(
        name=terms.name,
        amount_cents=terms.amount_cents,
        percent=terms.percent,
        ceiling_cents=terms.ceiling_cents,
        floor_cents=terms.floor_cents,
        category=terms.category.key if terms.category is not None else "",
        starts_on=terms.starts_on.isoformat(),
        ends_on=terms.ends_on.isoformat(),
        uses_max=terms.uses_max,
        buyer_max=terms.buyer_max,
    )


def _terms(data: VoucherTerms) -> Terms:
    category = Category.objects.filter(key=data.category).first() if data.category else None
    if data.category and category is None:
        raise RequestInvalid
    terms = Terms(
        name=data.name,
        amount_cents=data.amount_cents,
        percent=data.percent,
        ceiling_cents=data.ceiling_cents,
        floor_cents=data.floor_cents,
        category=category,
        starts_on=datetime.date.fromisoformat(data.starts_on),
        ends_on=datetime.date.fromisoformat(data.ends_on),
        uses_max=data.uses_max,
        buyer_max=data.buyer_max,
    )
    try:
        check_terms(terms, is_network=True)
    except VoucherInvalidError as wrong:
        raise ActRefused(_("This voucher makes no sense: look at its amounts, its days and its uses.")) from wrong
    return terms


def plan_voucher(data: VoucherTerms, _operator: Organisation) -> Plan:
    """What all its uses may cost; raise ActRefused."""
    terms = _terms(data)
    gives = format_cents(terms.amount_cents) if terms.amount_cents else f"{terms.percent} %"
    lines: list[tuple[Any, Any]] = [
        (gettext_lazy("What it gives"), gives),
        (gettext_lazy("Uses in all"), str(terms.uses_max)),
        (gettext_lazy("Last day"), terms.ends_on.isoformat()),
    ]
    if terms.ceiling_cents:
        lines.insert(1, (gettext_lazy("At most, each time"), format_cents(terms.ceiling_cents)))
    return Plan(terms.name[:60], terms.name, terms.most_cents or 0, ("shop:voucher-list", ()), tuple(lines))


def run_voucher(data: VoucherTerms, _operator: Organisation, by: Any, _now: datetime.datetime) -> Voucher:
    """The voucher, with its code."""
    return create_voucher(seller=None, terms=_terms(data), by=by)


def register() -> None:
    """Called when the app is ready."""
    words = pgettext_lazy("money act", "Make a voucher of the network")
    register_act(MoneyAct(VOUCHER, "shop.voucher.network", words, VoucherTerms, plan_voucher, run_voucher, by_cost))
