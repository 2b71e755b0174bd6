"""The port of payment providers: what Rebond asks of one. Called outside transactions: a provider is far away."""

import datetime
from collections.abc import Iterable
from typing import Protocol

from rebond.shop.actions.stripe_payment import Row, Stripe
from rebond.shop.actions.trial import Trial
from rebond.shop.enums import RefundState
from rebond.shop.models import DisputeAnswer, Refund
from rebond.shop.money_enums import BY_HAND
from rebond.shop.movements import Movement


class Provider(Protocol):
    """Money of sellers is never ours: the provider takes it and gives it back; it tells by events (`Told`)."""

    name: str
    lists_payouts: bool  # whether `movements` has the payouts to sellers

    def refund(self, refund: Refund) -> None:
        """Ask for it, with `refund.public_id` as the key: asked twice, the money goes back once."""

    def refund_again(self, refund: Refund, now: datetime.datetime) -> None:
        """Days after it was asked: look for it, and ask once more a day where it is neither made nor under way.

        Raise ProviderError.
        """

    def answer_dispute(self, answer: DisputeAnswer, now: datetime.datetime) -> None:
        """Tell the bank, with `answer.public_id` as the key: asked twice, told once. Raise ProviderError."""

    def movements(self, day: datetime.date) -> Iterable[Movement]:
        """What it did on that day, in the order it tells it."""

    def find(self, row: Row) -> Movement | None:
        """The movement of one of our rows, whatever its day; None where there is none."""


PROVIDERS: dict[str, Provider] = {Trial.name: Trial(), Stripe.name: Stripe()}


def make_refund(*, refund_id: int) -> str:
    """Ask the provider for a refund that was decided; return its state. May run twice.

    What was paid by hand is given back by hand: the desk lists it.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state == RefundState.ASKED and refund.payment.provider not in BY_HAND:
        PROVIDERS[refund.payment.provider].refund(refund)
        refund.refresh_from_db()
    return refund.state
