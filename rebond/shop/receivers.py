"""What the shop does when lower rooms change something."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from rebond.shop.actions.favourite import merge_favourites
from rebond.shop.queries.keeper import visitor_of


@receiver(user_logged_in, dispatch_uid="shop.merge_favourites")
def merge_at_sign_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """What a visitor kept before signing in is theirs after."""
    visitor = visitor_of(request) if request is not None else ""
    if visitor:
        merge_favourites(visitor=visitor, user=user)
