"""Parcels of the demo that a carrier brought back: one left again, one waits for its buyer's word, one for the desk."""

import datetime
import random
from dataclasses import dataclass, replace

from django.core.files.base import ContentFile
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.front.demo.admissions import Cast
from rebond.front.demo.aftersales import SELLER
from rebond.front.demo.buying import member_of, operation
from rebond.front.demo.carriers import SENDING
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.front.demo.pictures import all_shots, render
from rebond.shop.actions.again import ask_buyer, confirm_address, send_again
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.stray import Seen, add_stray_photo, describe_stray, note_stray, put_stray
from rebond.shop.actions.stray_mail import write_stray_mail
from rebond.shop.models import StrayParcel
from rebond.shop.queries.again import confirmed_of
from rebond.shop.queries.strays import Unclaimed, unclaimed_of
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.carriers.trial import read_number
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment
from rebond.workshop.actions.step import Hands
from rebond.workshop.models import Worker

DAY = datetime.timedelta(days=1)
LEAST = datetime.timedelta(hours=30)  # since the label, for a journey there and back that is believed
WAY_BACK = ((Step.REFUSED, 0.55), (Step.RETURNING, 0.6), (Step.RETURNED, 0.8))  # what its clock had not told yet
NOTES = (
    "Carton intact, étiquette « destinataire inconnu à l’adresse ».",
    "Carton un peu écrasé sur un coin, rien ne bouge dedans.",
    "Carton intact, avis « non réclamé ».",
)
SHELF = "Étagère des retours"


@dataclass(frozen=True, slots=True)
class Scene:
    """One parcel that is here: since when, who follows it at the desk."""

    cast: Cast
    back: Unclaimed
    by: User
    since: datetime.datetime

    def days(self, share: float) -> float:
        """Days before now, `share` of the way from its coming back to now."""
        return (self.cast.now - self.since) * (1 - share) / DAY


def make_again(_rng: random.Random, _network: Network, now: datetime.datetime) -> int:
    """Of the first seller that has two parcels which the trial carrier will not hand over."""
    if StrayParcel.objects.exclude(shipment=None).exists():
        return StrayParcel.objects.count()
    sellers = sorted(SENDING, key=lambda slug: slug != SELLER)
    scenes = next((found for slug in sellers if len(found := _scenes(slug, now)) > 1), [])
    for number, scene in enumerate(scenes[:3]):
        stray = _noted(scene, number)
        if number < 2:
            _asked(scene, stray)
        if number != 1:
            _confirmed(scene, stray)
        if number == 0:
            _left_again(scene, stray)
    DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_stray_mail", status="READY").delete()
    return StrayParcel.objects.count()


def _scenes(slug: str, now: datetime.datetime) -> list[Scene]:
    rows = Shipment.objects.filter(organisation__slug=slug, account__carrier="test", labelled_at__lt=now - LEAST)
    rows = rows.filter(state=ShipmentState.MOVING)
    found = []
    for shipment in rows.select_related("organisation").order_by("labelled_at", "pk"):
        if read_number(shipment.number)[2] != "X" or shipment.labelled_at is None:
            continue
        since = _brought_back(shipment, shipment.labelled_at, now)
        back = unclaimed_of(shipment.number, shipment.organisation)
        by = member_of(shipment.organisation, "seller") or member_of(shipment.organisation, "manager")
        if back is not None and by is not None:
            found.append(Scene(Cast(by, [], now), back, by, since))
    return found


def _brought_back(shipment: Shipment, begins: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
    """The whole journey is told, whatever the carrier would still tell by its clock."""
    last = shipment.events.order_by("-at").values_list("at", flat=True).first() or begins
    known = set(shipment.events.values_list("step", flat=True))
    whole = [(step, moment(now, (now - begins) * (1 - share) / DAY)) for step, share in WAY_BACK if step not in known]
    events = [Event(f"{shipment.number}-{step}", step, max(at, last), str(step.label)) for step, at in whole]
    take_events(shipment=shipment, events=events, now=now)
    return max(last, begins + (now - begins) * WAY_BACK[-1][1])


def _noted(scene: Scene, number: int) -> StrayParcel:
    """At the station of returns: pictures, words, where it was put."""
    shipment, part = scene.back.shipment, scene.back.part
    site = shipment.parcel.site if shipment.parcel else part.seller.sites.order_by("-is_main", "pk").first()
    with scene.cast.at(scene.days(0.1)) as when:
        seen = Seen(shipment.number, shipment, part)
        stray = note_stray(
            seller=part.seller, site=site, seen=seen, by=scene.by, operation=operation("again", number), now=when
        )
        for kind in ("parcel", "label"):
            shot = all_shots()[number + (kind == "label")]
            picture = ready_attachment(upload=ContentFile(render(shot), name=f"{kind}.jpg"))
            add_stray_photo(
                stray=stray, kind=kind, upload=picture, operation=operation("again", number, kind), by=scene.by
            )
        describe_stray(stray=stray, note=NOTES[number])
        rows = Worker.objects.filter(organisation=part.seller, ended_on=None).select_related("user")
        worker = rows.order_by("pk").first()
        if worker is not None:
            hands = Hands(worker, operation_id=operation("again", number, "put"))
            return put_stray(stray=stray, put_at=SHELF, hands=hands, now=when)
        StrayParcel.objects.filter(pk=stray.pk).update(put_at=SHELF)  # nobody works at its stations yet
    return stray


def _asked(scene: Scene, stray: StrayParcel) -> None:
    with scene.cast.at(scene.days(0.2)) as when:
        ask_buyer(stray=stray, by=scene.by, now=when)
        write_stray_mail(stray_id=stray.pk, what="ask")


def _confirmed(scene: Scene, stray: StrayParcel) -> None:
    """The buyer answers by the link of the mail, or calls: the house number was wrong."""
    stray.refresh_from_db()
    with scene.cast.at(scene.days(0.3)) as when:
        said = confirmed_of(stray)
        plain = " ".join(word for word in said.address.split() if word != "refus")
        confirm_address(stray=stray, receiver=replace(said, address=plain), by=None, now=when)


def _left_again(scene: Scene, stray: StrayParcel) -> None:
    stray.refresh_from_db()
    assert stray.shipment is not None  # noqa: S101 -- of our own parcel
    with scene.cast.at(scene.days(0.4)) as when:
        shipment = send_again(
            stray=stray,
            account=stray.shipment.account,
            receiver=confirmed_of(stray),
            grams=stray.shipment.grams,
            by=scene.by,
            now=when,
        )
        write_stray_mail(stray_id=stray.pk, what="again")
    events = shipment.account.connect().tracking(shipment.number, scene.cast.now)
    take_events(shipment=shipment, events=events, now=scene.cast.now)
