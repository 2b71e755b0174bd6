"""Storing agreements: offered by the organisation of a site, answered by a seller, ended by either (decision 56)."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.catalogue.errors import FieldInvalid, HostingStateForbids
from rebond.catalogue.models import Hosting
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.models import Organisation, Site


@transaction.atomic
def offer_hosting(
    *,
    site: Site,
    seller: Organisation,
    starts_on: datetime.date,
    by: Any,
    ends_on: datetime.date | None = None,
    words: str = "",
) -> Hosting:
    """Offer a seller to keep its objects at a site. Nothing may come in before it accepts.

    Raise FieldInvalid: the organisation's own, one that does not sell, days in the past or the wrong way round, days
    that another offer or agreement of the two has.
    """
    _check(site, seller, starts_on, ends_on)
    lock_row(site, no_key=True)  # two offers at once would both find no other one
    others = Hosting.objects.open().filter(site=site, seller=seller)
    others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    other = (others if ends_on is None else others.filter(starts_on__lte=ends_on)).order_by("starts_on").first()
    if other is not None:
        said = _("Another agreement, from %(start)s, has some of these days: end it first.")
        raise FieldInvalid("starts_on", said % {"start": date_format(other.starts_on, "j F Y")})
    made: Hosting = Hosting.objects.create(
        site=site, seller=seller, starts_on=starts_on, ends_on=ends_on, words=words.strip()
    )
    _tell("offered", made, site.organisation, by)
    return made


def _check(site: Site, seller: Organisation, starts_on: datetime.date, ends_on: datetime.date | None) -> None:
    if seller.pk == site.organisation_id:
        raise FieldInvalid("seller", _("This is your own organisation: its objects may lie at all its sites."))
    if not seller.is_selling:
        raise FieldInvalid("seller", _("This organisation does not sell on the platform."))
    if starts_on < timezone.localdate():
        raise FieldInvalid("starts_on", _("Today at the earliest."))
    if ends_on is not None and ends_on < starts_on:
        raise FieldInvalid("ends_on", _("The end comes before the start."))


@transaction.atomic
def accept_hosting(*, hosting: Hosting, by: Any) -> Hosting:
    """The seller accepts: its objects may lie there on the agreed days. Raise HostingStateForbids once it is over."""
    today = timezone.localdate()
    rows = _offered(hosting).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    return _answer(hosting, rows.update(accepted_at=timezone.now()), "accepted", hosting.seller, by)


@transaction.atomic
def refuse_hosting(*, hosting: Hosting, by: Any) -> Hosting:
    """The seller does not want it. Raise HostingStateForbids where it was answered or taken back."""
    return _answer(hosting, _offered(hosting).update(refused_at=timezone.now()), "refused", hosting.seller, by)


@transaction.atomic
def take_back_hosting(*, hosting: Hosting, by: Any) -> Hosting:
    """The offer is taken back before its answer. Raise HostingStateForbids after it."""
    number = _offered(hosting).update(refused_at=timezone.now())
    return _answer(hosting, number, "taken_back", hosting.site.organisation, by)


def _offered(hosting: Hosting) -> Any:
    return Hosting.objects.offered().filter(pk=hosting.pk)


def _answer(hosting: Hosting, number: int, verb: str, organisation: Organisation, by: Any) -> Hosting:
    if not number:
        raise HostingStateForbids
    hosting.refresh_from_db(fields=["accepted_at", "refused_at"])
    _tell(verb, hosting, organisation, by)
    return hosting


@transaction.atomic
def end_hosting(*, hosting: Hosting, on: datetime.date, organisation: Organisation, by: Any) -> Hosting:
    """Set its last day, by one of the two; what lies there stays until it is sold or moved.

    Raise FieldInvalid for a day that is over or before its start, HostingStateForbids where it ends before.
    """
    if on < timezone.localdate():
        raise FieldInvalid("on", _("Today at the earliest."))
    if on < hosting.starts_on:
        raise FieldInvalid("on", _("The end comes before the start."))
    rows = Hosting.objects.open().filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), accepted_at__isnull=False)
    if not rows.filter(pk=hosting.pk).update(ends_on=on):
        raise HostingStateForbids
    hosting.refresh_from_db(fields=["ends_on"])
    _tell("ended", hosting, organisation, by, ends_on=on.isoformat())
    return hosting


def _tell(verb: str, hosting: Hosting, organisation: Organisation, by: Any, **facts: Any) -> None:
    names = {"site": hosting.site.name, "host": hosting.site.organisation.name, "seller": hosting.seller.name}
    record(f"catalogue.hosting.{verb}", subject=hosting, by=by, organisation=organisation, **names, **facts)
