"""Receive a donation: where from, what, how heavy. One act at the dock is one operation."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.weights import format_grams
from rebond.intake.actions.once import once
from rebond.intake.actions.origin import Origin
from rebond.intake.actions.register_lines import cancel_of_operation, enter_weighing
from rebond.intake.data.flows import flows
from rebond.intake.data.steps import RECEIVE, SORT
from rebond.intake.enums import Source
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Container, Donation, Weighing
from rebond.intake.queries.donations import photo_of
from rebond.journal.actions.files import remove_file, store_file
from rebond.journal.actions.record import is_day_only, record
from rebond.journal.errors import FileRefusedError
from rebond.journal.models import StoredFile
from rebond.network.models import Site
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.actions.task import cancel_tasks_of, open_task
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step

HEAVIEST_G = 2_000_000
PICTURES = frozenset({"jpg", "jpeg", "png", "webp"})


@transaction.atomic
def add_container(*, site: Site, name: str, tare_g: int, by: Any) -> Container:
    """A trolley with its own weight in grams. Raise FieldInvalid for no weight, or a name that is used here."""
    if not 0 < tare_g <= HEAVIEST_G:
        raise FieldInvalid("tare_g", _("Write what the empty container weighs."))
    if Container.objects.filter(site=site, name__iexact=name.strip(), ended_on__isnull=True).exists():
        raise FieldInvalid("name", _("Another container has this name here."))
    made: Container = Container.objects.create(
        organisation_id=site.organisation_id, site=site, name=name.strip(), tare_g=tare_g
    )
    record("intake.container.added", subject=made, by=by, organisation=site.organisation, tare_g=tare_g)
    return made


@transaction.atomic
def end_container(*, container: Container, by: Any, now: datetime | None = None) -> Container:
    """No longer proposed at the scale; its weighings keep its tare. Twice is once."""
    rows = Container.objects.filter(pk=container.pk, ended_on__isnull=True)
    if rows.update(ended_on=timezone.localdate(now)):
        record("intake.container.ended", subject=container, by=by, organisation=container.organisation)
    container.refresh_from_db()
    return container


def net_of(gross_g: int | None, container: Container | None) -> tuple[int, int, int]:
    """(gross, tare, net) in grams. Raise FieldInvalid on `gross_g` where nothing is left, or nothing was written."""
    tare_g = container.tare_g if container else 0
    if not gross_g:
        raise FieldInvalid("gross_g", _("Write the weight that you read."))
    if gross_g > HEAVIEST_G:
        raise FieldInvalid("gross_g", _("This is more than two tonnes. Read it again."))
    if gross_g <= tare_g:
        name = container.name if container else ""
        raise FieldInvalid(
            "gross_g",
            _("%(name)s alone weighs %(tare)s. Read it again.") % {"name": name, "tare": format_grams(tare_g)},
        )
    return gross_g, tare_g, gross_g - tare_g


def _known(operation_id: uuid.UUID) -> Donation | None:
    """The donation of an operation that was sent before."""
    return Donation.objects.filter(weighings__operation_id=operation_id).first()


@once(_known)
@transaction.atomic
def receive_donation(
    *,
    site: Site,
    source: str,
    flow: str,
    gross_g: int | None,
    hands: Hands,
    container: Container | None = None,
    donation: Donation | None = None,
    is_from_scale: bool = False,
    origin: Origin | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Donation:
    """One weighing, of a new donation or of one that goes on; a task waits at the sorting table. Grams.

    The same operation sent twice gives back the first donation. Raise FieldInvalid on `source`, `flow`, `gross_g`.
    """
    if donation is None and source not in Source.values:
        raise FieldInvalid("source", _("Choose where it comes from."))
    if flow not in flows():
        raise FieldInvalid("flow", _("Choose what it is."))
    gross_g, tare_g, net_g = net_of(gross_g, container)
    action = "intake.weighing.added" if donation else "intake.donation.received"
    donation = donation or _opened(site, source, origin or Origin(), note, now)
    weighing: Weighing = Weighing.objects.create(
        operation_id=hands.operation_id,
        donation=donation,
        flow=flow,
        container=container,
        gross_g=gross_g,
        tare_g=tare_g,
        net_g=net_g,
        is_from_scale=is_from_scale,
    )
    record_step(kind=RECEIVE, subject=donation, hands=hands, site=site, now=now, flow=flow, grams=net_g)
    open_task(kind=SORT, subject=donation, site=site, by=hands.user, now=now)
    record(action, subject=donation, by=hands.user, organisation=site.organisation, flow=flow, grams=net_g)
    enter_weighing(donation=donation, weighing=weighing, now=now)
    return donation


def _opened(site: Site, source: str, origin: Origin, note: str, now: datetime | None) -> Donation:
    made: Donation = Donation.objects.create(
        organisation_id=site.organisation_id,
        site=site,
        source=source,
        day=timezone.localdate(now),
        note=note.strip()[:200],
        **origin.facts(source),
    )
    return made


@transaction.atomic
def set_note(*, donation: Donation, note: str, by: Any) -> Donation:
    """A few words about the things, never about the donor. The same words twice are written once."""
    words = " ".join(note.split())[:200]
    if words != donation.note:
        Donation.objects.filter(pk=donation.pk).update(note=words)
        donation.note = words
        record("intake.donation.noted", subject=donation, by=by, organisation=donation.organisation)
    return donation


@transaction.atomic
def add_photo(*, donation: Donation, upload: Any, by: Any) -> StoredFile:
    """The picture of the pile, private; one at most: a second one changes nothing. Raise FieldInvalid.

    Who took it is not kept where hours may not be kept: a file has its moment.
    """
    if upload is None:
        raise FieldInvalid("photo", _("Take a picture first."))
    found = photo_of(donation)
    if found is not None:
        return found
    try:
        return store_file(
            upload=upload,
            organisation=donation.organisation,
            permission="intake.donation.view",
            by=None if is_day_only() else by,
            subject=donation,
            kinds=PICTURES,
        )
    except FileRefusedError as refused:
        raise FieldInvalid("photo", str(refused)) from refused


@transaction.atomic
def remove_photo(*, donation: Donation, by: Any) -> None:
    """The picture of the pile was a mistake: it goes, and another one may be taken. Twice is once."""
    donation = lock_row(donation, no_key=True)
    found = photo_of(donation)
    if found is not None:
        remove_file(stored=found, by=None if is_day_only() else by, organisation=donation.organisation)


def undo_receive(step: Step, by: Any) -> None:
    """Take a weighing back, in the caller's transaction: it stays written, and no longer counts.

    Raise NotUndoable once sorting began.
    """
    weighing = lock_row(Weighing.objects.select_related("donation").get(operation_id=step.operation_id))
    donation = weighing.donation
    if weighing.cancelled_on is not None or donation.sortings.kept().exists():
        raise NotUndoable
    Weighing.objects.filter(pk=weighing.pk).update(cancelled_on=timezone.localdate())
    if not donation.weighings.kept().exists():
        cancel_tasks_of(subject=donation)
    cancel_of_operation(weighing.operation_id)
    record(
        "intake.weighing.cancelled",
        subject=donation,
        by=by,
        organisation=donation.organisation,
        flow=weighing.flow,
        grams=weighing.net_g,
    )
