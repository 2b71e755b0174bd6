"""Gift cards: money that their issuer owes to whoever has the code (decision 37). Off until an issuer is named."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.network.models import Organisation
from rebond.shop.models.order import Order
from rebond.shop.money_enums import GiftCardState, GiftIssuerState, GiftSpendState


class GiftIssuer(models.Model):
    """Who owes what the cards hold, on which legal basis, under which conditions. Named and ended by two people.

    One sells at a time. A card lasts `months` from its sale on. Cards of one that ended stay usable: the debt is there.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=GiftIssuerState, default=GiftIssuerState.ACTIVE)
    legal_basis = models.TextField(max_length=1000)
    conditions = models.TextField(max_length=2000)
    months = models.PositiveSmallIntegerField()
    min_cents = models.PositiveIntegerField()
    max_cents = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["GiftIssuer"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="gift_issuer_one_sells"),
            models.CheckConstraint(
                condition=Q(min_cents__gt=0, min_cents__lte=F("max_cents"), months__gt=0), name="gift_issuer_sells_some"
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | Q(state="ended", ended_at__isnull=False),
                name="gift_issuer_ended_has_its_hour",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class GiftCard(models.Model):
    """Bought by an order of its own, without any seller. `recipient_email` "": sent to the payer.

    Only `code_hash` finds it: `code` is sealed, and gone once it was mailed.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    issuer = models.ForeignKey(GiftIssuer, on_delete=models.PROTECT, related_name="cards")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="gift_card")
    state = models.CharField(max_length=8, choices=GiftCardState, default=GiftCardState.WAITING)
    amount_cents = models.PositiveIntegerField()
    balance_cents = models.PositiveIntegerField(default=0)
    loss_cents = models.PositiveIntegerField(default=0)  # a bank took it back, and the card did not cover it yet
    is_bank_block = models.BooleanField(default=False)  # blocked by a bank only: freed when the bank gives it back
    code = EncryptedTextField(blank=True)
    code_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    recipient_email = models.EmailField(blank=True)
    sender_name = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=300, blank=True)
    send_on = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)  # the last day
    created_at = models.DateTimeField(default=timezone.now)
    sold_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["GiftCard"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(balance_cents__lte=F("amount_cents")), name="gift_card_not_exceeded"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="gift_card_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["live", "blocked"]) | Q(balance_cents=0), name="gift_card_holds_while_it_lives"
            ),
            models.CheckConstraint(
                condition=Q(is_bank_block=False) | Q(state="blocked"), name="gift_card_bank_blocks_it"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", sold_at=None, expires_on=None, code_hash=None)
                | ~Q(state="waiting") & Q(sold_at__isnull=False, expires_on__isnull=False, code_hash__isnull=False),
                name="gift_card_sold_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(state="back", back_at__isnull=False) | ~Q(state="back") & Q(back_at=None),
                name="gift_card_back_has_its_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["send_on", "id"], condition=Q(sent_at=None), name="gift_card_to_send"),
            models.Index(fields=["state", "-id"], name="gift_card_state"),
            models.Index(Lower("recipient_email"), name="gift_card_recipient"),
        ]

    def __str__(self) -> str:
        return self.public_id


class GiftSpend(models.Model):
    """What one order takes of a card: `cents` of its objects and deliveries, of which `back_cents` went back on it."""

    card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="spends")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="gift_spend")
    state = models.CharField(max_length=8, choices=GiftSpendState, default=GiftSpendState.HELD)
    cents = models.PositiveIntegerField()
    back_cents = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    back_at = models.DateTimeField(null=True, blank=True)  # the order was over before it was paid

    objects: ClassVar[models.Manager["GiftSpend"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="gift_spend_of_something"),
            models.CheckConstraint(condition=Q(back_cents__lte=F("cents")), name="gift_spend_back_not_exceeded"),
            models.CheckConstraint(condition=Q(state="spent") | Q(back_cents=0), name="gift_spend_back_once_spent"),
            models.CheckConstraint(
                condition=Q(state="back", back_at__isnull=False) | ~Q(state="back") & Q(back_at=None),
                name="gift_spend_back_has_its_hour",
            ),
        ]
        indexes = [models.Index(fields=["card", "-id"], name="gift_spend_page")]

    def __str__(self) -> str:
        return str(self.order)

    @property
    def left_cents(self) -> int:
        """What it paid and did not go back."""
        return self.cents - self.back_cents
