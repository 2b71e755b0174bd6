"""Naming and ending the issuer of gift cards: never by one person alone (decisions 30 and 37)."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.actions.asked_books import always_two
from rebond.ledger.errors import ActRefused, RequestInvalid
from rebond.ledger.money_acts import MoneyAct, Plan, Text, register_act
from rebond.network.models import Organisation
from rebond.shop.actions.gift_issuer import IssuerTerms, check_issuer, end_issuer, name_issuer
from rebond.shop.errors import GiftCardInvalidError, GiftIssuerStateError, ShopError
from rebond.shop.models import GiftIssuer

NAME, END = "shop.gift_issuer.name", "shop.gift_issuer.end"
WORDS: dict[type[Exception], Any] = {
    GiftIssuerStateError: gettext_lazy("Somebody issues gift cards already, or nobody does any more. Look again."),
    GiftCardInvalidError: gettext_lazy("These terms make no sense: look at the texts, the months and the amounts."),
}


@dataclass(frozen=True, slots=True)
class IssuerNamed:
    """The terms of `IssuerTerms`, as plain values."""

    legal_basis: str
    conditions: str
    months: int
    min_cents: int
    max_cents: int


@dataclass(frozen=True, slots=True)
class IssuerEnded:
    issuer: str


def plan_name(data: IssuerNamed, operator: Organisation) -> Plan:
    """Who would owe what; raise ActRefused."""
    try:
        check_issuer(IssuerTerms(**asdict(data)))
    except ShopError as refused:
        raise ActRefused(WORDS[type(refused)]) from refused
    lines: tuple[tuple[Text, Text], ...] = (
        (gettext_lazy("Who owes what the cards hold"), operator.name),
        (gettext_lazy("Legal basis"), data.legal_basis),
        (gettext_lazy("Conditions told to buyers"), data.conditions),
        (gettext_lazy("A card lasts, in months"), str(data.months)),
        (gettext_lazy("Amounts"), f"{format_cents(data.min_cents)} – {format_cents(data.max_cents)}"),
    )
    return Plan("gift-issuer", operator.name, page=("shop:gift-list", ()), lines=lines)


def run_name(data: IssuerNamed, operator: Organisation, by: Any, _now: datetime.datetime) -> GiftIssuer:
    """The issuer; cards are sold from now on."""
    try:
        return name_issuer(organisation=operator, terms=IssuerTerms(**asdict(data)), by=by)
    except ShopError as refused:
        raise ActRefused(WORDS[type(refused)]) from refused


def _issuer(data: IssuerEnded, operator: Organisation) -> GiftIssuer:
    found = GiftIssuer.objects.filter(public_id=data.issuer, organisation=operator).first()
    if found is None:
        raise RequestInvalid
    if found.ended_at is not None:
        raise ActRefused(WORDS[GiftIssuerStateError])
    return found


def plan_end(data: IssuerEnded, operator: Organisation) -> Plan:
    """The issuer that would sell no more; raise ActRefused where it ended."""
    issuer = _issuer(data, operator)
    return Plan(issuer.public_id, operator.name, page=("shop:gift-list", ()))


def run_end(data: IssuerEnded, operator: Organisation, by: Any, now: datetime.datetime) -> GiftIssuer:
    """The issuer, ended."""
    try:
        return end_issuer(issuer=_issuer(data, operator), by=by, now=now)
    except ShopError as refused:
        raise ActRefused(WORDS[type(refused)]) from refused


def register() -> None:
    """Called when the app is ready."""
    named = pgettext_lazy("money act", "Name the issuer of gift cards")
    ended = pgettext_lazy("money act", "Sell no more gift cards")
    for key, words, data, plan, run in (
        (NAME, named, IssuerNamed, plan_name, run_name),
        (END, ended, IssuerEnded, plan_end, run_end),
    ):
        register_act(MoneyAct(key, "shop.gift_card.issue", words, data, plan, run, always_two, has_amount=False))
