"""Gift cards, sold as the embedded provider leaves them."""

import uuid

from rebond.shop.actions.gift_card import Wish, buy_card, draw_code
from rebond.shop.actions.gift_issuer import IssuerTerms, name_issuer
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.models import GiftCard
from rebond.shop.queries.gift_cards import hash_of, selling_issuer

TERMS = IssuerTerms("Réseau limité, CMF L525-5", "Valable sur tout le site.", 24, 1_000, 15_000)


def issue(operator):
    """The issuer in force."""
    return selling_issuer() or name_issuer(organisation=operator, terms=TERMS, by=None)


def paid(payment, provider="test", event=None):
    """The provider tells that it was paid."""
    told = Told(provider, event or uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents)
    receive_event(told=told)
    payment.refresh_from_db()
    return payment


def sold_card(operator, cents=5_000, **wish):
    """A card that was paid for; `plain` is its code, which nobody but the mail knows otherwise."""
    issue(operator)
    wished = Wish(amount_cents=cents, **({"email": "camille@example.org"} | wish))
    payment = paid(buy_card(wish=wished, user=None, operation=uuid.uuid4(), provider="test"))
    card = GiftCard.objects.select_related("order", "issuer__organisation").get(order=payment.order_id)
    code = draw_code()
    GiftCard.objects.filter(pk=card.pk).update(code_hash=hash_of(code))
    card.refresh_from_db()
    card.plain = code
    return card
