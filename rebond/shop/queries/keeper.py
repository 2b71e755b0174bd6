"""Whose favourites and basket: a signed-in user's, else those of the visitor's signed cookie."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest

from rebond.shop.models import BasketLine, Favourite, LaterLine
from rebond.shop.models.basket import BasketLineQuerySet

COOKIE = "visiteur"
SALT = "rebond.shop.visitor"
MAX_AGE = 31_536_000  # a year; renewed at each addition


@dataclass(frozen=True, slots=True)
class Keeper:
    """Exactly one of `user` and `visitor` is set, or none: a visitor who has kept nothing yet."""

    user: Any = None
    visitor: str = ""

    @property
    def is_known(self) -> bool:
        return self.user is not None or bool(self.visitor)

    def favourites(self) -> "QuerySet[Favourite]":
        if self.user is not None:
            return Favourite.objects.filter(user=self.user)
        return Favourite.objects.filter(visitor=self.visitor) if self.visitor else Favourite.objects.none()

    def later(self) -> "QuerySet[LaterLine]":
        """What was put aside from the basket."""
        if self.user is not None:
            return LaterLine.objects.filter(basket__user=self.user)
        return LaterLine.objects.filter(basket__visitor=self.visitor) if self.visitor else LaterLine.objects.none()

    def lines(self) -> BasketLineQuerySet:
        """The rows of the basket, whatever their state."""
        rows = BasketLine.objects.all()
        if self.user is not None:
            return rows.filter(basket__user=self.user)
        return rows.filter(basket__visitor=self.visitor) if self.visitor else rows.none()


def visitor_of(request: HttpRequest) -> str:
    """The token of the visitor's cookie, "" where there is none or it was not signed by us."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT))[:32]
    except signing.BadSignature:
        return ""


def keeper_of(request: HttpRequest) -> Keeper:
    """Asks for the user only where a session cookie came: a first visit costs no query."""
    if request.user.is_authenticated:
        return Keeper(user=request.user)
    return Keeper(visitor=visitor_of(request))


def new_visitor() -> Keeper:
    """A keeper for a guest, with a random name that tells nothing."""
    return Keeper(visitor=secrets.token_urlsafe(16))


def signed(visitor: str) -> str:
    """The cookie of a visitor: nobody can take the name of another."""
    return signing.dumps(visitor, salt=SALT)
