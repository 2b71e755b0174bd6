"""What a person, or a visitor without an account, keeps an eye on."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.models import Item


class Favourite(models.Model):
    """`visitor` is the random token of a signed cookie, where there is no user; merged at sign-in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="favourites"
    )
    visitor = models.CharField(max_length=32, blank=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Favourite"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) & ~Q(visitor="") | Q(user__isnull=False, visitor=""),
                name="favourite_of_user_or_visitor",
            ),
            models.UniqueConstraint(
                fields=["user", "item"], condition=Q(user__isnull=False), name="favourite_once_per_user"
            ),
            models.UniqueConstraint(fields=["visitor", "item"], condition=~Q(visitor=""), name="favourite_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="favourite_user"),
            models.Index(fields=["visitor", "-id"], condition=~Q(visitor=""), name="favourite_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or 'visitor'}: {self.item_id}"
