"""Storing agreements, as two organisations made them."""

import datetime

from django.utils import timezone

from rebond.catalogue.models import Hosting


def hosted(seller, site, *, starts_in=-1, ends_in=None, is_accepted=True, **more):
    """In force since yesterday; `starts_in` and `ends_in` are days from today."""
    today = timezone.localdate()
    return Hosting.objects.create(
        seller=seller,
        site=site,
        starts_on=today + datetime.timedelta(days=starts_in),
        ends_on=None if ends_in is None else today + datetime.timedelta(days=ends_in),
        accepted_at=timezone.now() if is_accepted else None,
        **more,
    )
