"""A basket and what it keeps: each line is a hold of units of one item, until an hour that is told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.shop.enums import LineState


class Basket(models.Model):
    """One for each person, or for each visitor (the random token of a signed cookie); merged at sign-in.

    Its row is locked by whoever changes its lines: two devices of one person wait for each other, not for others.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="basket"
    )
    visitor = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Basket"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) & ~Q(visitor="") | Q(user__isnull=False, visitor=""),
                name="basket_of_user_or_visitor",
            ),
            models.UniqueConstraint(fields=["visitor"], condition=~Q(visitor=""), name="basket_once_per_visitor"),
        ]
        indexes = [models.Index(fields=["updated_at"], name="basket_old")]

    def __str__(self) -> str:
        return f"basket {self.pk}"


class BasketLineQuerySet(models.QuerySet["BasketLine"]):
    def held(self) -> "BasketLineQuerySet":
        """Counted in their items' `reserved`, even where their hour is over and nobody has given them back yet."""
        return self.filter(state=LineState.HELD)

    def over(self, now: object) -> "BasketLineQuerySet":
        """Held, but their hour is over: whoever wants the item gives them back."""
        return self.filter(state=LineState.HELD, ends_at__lte=now)

    def kept(self, now: object) -> "BasketLineQuerySet":
        """Held, and their hour is not over."""
        return self.filter(state=LineState.HELD, ends_at__gt=now)

    def shown(self) -> "BasketLineQuerySet":
        """Kept, and those that ended by themselves: what its keeper may take out."""
        return self.filter(state__in=[LineState.HELD, LineState.LAPSED])

    def told(self, since: object) -> "BasketLineQuerySet":
        """The lines of the basket's page: of those that ended by themselves, what ended after `since`."""
        return self.filter(Q(state=LineState.HELD) | Q(state=LineState.LAPSED, ended_at__gt=since))


class BasketLine(models.Model):
    """One row for a basket and an item, taken again and again: what it used of its time stays known.

    `limit_at` is the hour that nothing passes: neither "10 more minutes", nor taking the item out and in again.
    """

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.HELD)
    price_cents = models.PositiveIntegerField()  # of one unit, when it was taken: a change is told
    address = models.CharField(max_length=32, blank=True)  # keyed hash of the network address; emptied after a day
    taken_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    limit_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[BasketLineQuerySet] = BasketLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket", "item"], name="line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_of_something"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("limit_at")), name="line_within_its_limit"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True) | ~Q(state="held") & Q(ended_at__isnull=False),
                name="line_ended_has_its_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "state", "ends_at"], name="line_of_item"),
            models.Index(fields=["state", "ends_at"], name="line_over"),
            models.Index(fields=["address", "state"], name="line_address"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.quantity}"

    @property
    def may_be_prolonged(self) -> bool:
        return self.state == LineState.HELD and self.ends_at < self.limit_at
