"""Naming and ending the issuer of gift cards, another code for a lost one: by two people (decisions 30 and 37)."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.actions.asked_books import always_two, by_amount
from rebond.ledger.errors import ActRefused, RequestInvalid
from rebond.ledger.money_acts import MoneyAct, Plan, Text, register_act
from rebond.network.models import Organisation
from rebond.shop.actions.asked_refusals import told_as
from rebond.shop.actions.gift_desk import check_replaced, check_waived, replace_code, waive_loss
from rebond.shop.actions.gift_issuer import IssuerTerms, check_issuer, end_issuer, name_issuer
from rebond.shop.errors import (
    GiftCardInvalidError,
    GiftCardNobodyError,
    GiftCardStateError,
    GiftIssuerStateError,
)
from rebond.shop.models import GiftCard, GiftIssuer
from rebond.shop.queries.gift_cards import cards_of

NAME, END = "shop.gift_issuer.name", "shop.gift_issuer.end"
REPLACE, WAIVE = "shop.gift_card.replace", "shop.gift_card.waive"
WORDS: dict[type[Exception], Any] = {
    GiftIssuerStateError: gettext_lazy("Somebody issues gift cards already, or nobody does any more. Look again."),
    GiftCardStateError: gettext_lazy("This card holds nothing, went back, or its payment is contested by a bank."),
    GiftCardNobodyError: gettext_lazy("No address is known for this person any more: nothing was changed."),
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


@told_as(WORDS)
def plan_name(data: IssuerNamed, operator: Organisation) -> Plan:
    """Who would owe what; raise ActRefused."""
    check_issuer(IssuerTerms(**asdict(data)))
    lines: tuple[tuple[Text, Text], ...] = (
        (gettext_lazy("Who owes what the cards hold"), operator.name),
        (gettext_lazy("Legal basis"), data.legal_basis),
        (gettext_lazy("Conditions told to buyers"), data.conditions),
        (gettext_lazy("A card lasts, in months"), str(data.months)),
        (gettext_lazy("Amounts"), f"{format_cents(data.min_cents)} – {format_cents(data.max_cents)}"),
    )
    return Plan("gift-issuer", operator.name, page=("shop:gift-list", ()), lines=lines)


@told_as(WORDS)
def run_name(data: IssuerNamed, operator: Organisation, by: Any, _now: datetime.datetime) -> GiftIssuer:
    """The issuer; cards are sold from now on."""
    return name_issuer(organisation=operator, terms=IssuerTerms(**asdict(data)), by=by)


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


@told_as(WORDS)
def run_end(data: IssuerEnded, operator: Organisation, by: Any, now: datetime.datetime) -> GiftIssuer:
    """The issuer, ended."""
    return end_issuer(issuer=_issuer(data, operator), by=by, now=now)


@dataclass(frozen=True, slots=True)
class CardReplaced:
    """Sent to the payer (`to_payer`), or to whom the card was sent."""

    card: str
    to_payer: bool


@dataclass(frozen=True, slots=True)
class LossWaived:
    card: str


def _card(data: CardReplaced | LossWaived, operator: Organisation) -> GiftCard:
    found = cards_of(operator).filter(public_id=data.card).select_related("issuer__organisation").first()
    if found is None:
        raise RequestInvalid
    return found


@told_as(WORDS)
def plan_replace(data: CardReplaced, operator: Organisation) -> Plan:
    """What the card holds, and whom the new code is sent to; raise ActRefused."""
    card = _card(data, operator)
    check_replaced(card, to_payer=data.to_payer)
    to = _("The payer") if data.to_payer else _("The person whom it was sent to")
    lines = ((gettext_lazy("The new code is sent to"), to),)
    return Plan(card.public_id, card.public_id, card.balance_cents, ("shop:gift-detail", (card.public_id,)), lines)


@told_as(WORDS)
def run_replace(data: CardReplaced, operator: Organisation, by: Any, now: datetime.datetime) -> GiftCard:
    """The card, with another code."""
    return replace_code(card=_card(data, operator), to_payer=data.to_payer, by=by, now=now)


@told_as(WORDS)
def plan_waive(data: LossWaived, operator: Organisation) -> Plan:
    """What the operator would bear for good; raise ActRefused."""
    card = _card(data, operator)
    check_waived(card)
    lines = ((gettext_lazy("It holds"), format_cents(card.balance_cents)),)
    return Plan(card.public_id, card.public_id, card.loss_cents, ("shop:gift-detail", (card.public_id,)), lines)


@told_as(WORDS)
def run_waive(data: LossWaived, operator: Organisation, by: Any, _now: datetime.datetime) -> GiftCard:
    """The card, of which nothing is missing any more."""
    return waive_loss(card=_card(data, operator), by=by)


def register() -> None:
    """Called when the app is ready."""
    named = pgettext_lazy("money act", "Name the issuer of gift cards")
    ended = pgettext_lazy("money act", "Sell no more gift cards")
    replaced = pgettext_lazy("money act", "Send another code for a gift card")
    register_act(
        MoneyAct(REPLACE, "shop.gift_card.replace", replaced, CardReplaced, plan_replace, run_replace, by_amount)
    )
    waived = pgettext_lazy("money act", "Bear what a bank took of a gift card")
    register_act(MoneyAct(WAIVE, "shop.gift_card.replace", waived, LossWaived, plan_waive, run_waive, always_two))
    for key, words, data, plan, run in (
        (NAME, named, IssuerNamed, plan_name, run_name),
        (END, ended, IssuerEnded, plan_end, run_end),
    ):
        who = "shop.gift_card.issue"
        register_act(MoneyAct(key, who, words, data, plan, run, always_two, has_amount=False, is_fixed=True))
