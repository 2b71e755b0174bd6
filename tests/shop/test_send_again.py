"""A parcel that came back leaves again once its buyer said where: a new label, no money; an unknown one is told."""

import contextlib
import datetime
import threading
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.models import Entry as Booked
from rebond.shop.actions.again import ask_buyer, confirm_address, send_again
from rebond.shop.actions.erasing import blank_orders
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.stray import Seen, Tie, end_stray, note_stray, tie_stray
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import StrayStateError
from rebond.shop.models import OrderLine, OrderParcel, SellerOrder, StrayParcel
from rebond.shop.queries.again import again_path, leaving_again
from rebond.shop.queries.strays import unclaimed, unclaimed_of
from rebond.warehouse.actions.label import cancel_label, make_label
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Address, AddressRefused, Event, Step
from rebond.warehouse.errors import ShipmentStateForbids
from rebond.warehouse.models import CarrierAccount, Shipment
from tests.factories.carriers import CAMILLE, account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.racing import race
from tests.shop.test_hosted import ordered
from tests.shop.test_papers import run_tasks

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
DESK = "/bureau/colis-inconnus/"
NEW = CAMILLE | {"address": "3 place Clemenceau", "postal_code": "47000", "city": "Agen"}


@pytest.fixture
def part(seller, operator, index, folders):
    lamp = ItemFactory(seller=seller, on_sale=True, title="Lampe orange", price_cents=2500, weight_g=900)
    paid_order(lamp, shipping=500)
    return SellerOrder.objects.select_related("order", "seller").get()


@pytest.fixture
def account(seller):
    return account_of(seller)


def tell(shipment, *steps):
    now = timezone.now()
    events = [Event(f"{step}-{n}", step, now + datetime.timedelta(seconds=n)) for n, step in enumerate(steps)]
    take_events(shipment=shipment, events=events, now=now + datetime.timedelta(minutes=1))
    shipment.refresh_from_db()


def come_back(shipment, part, by):
    """Its carrier brings it back, and the station notes it."""
    tell(shipment, Step.TAKEN, Step.RETURNED)
    seen = Seen(shipment.number, shipment=shipment, part=part)
    return note_stray(seller=part.seller, site=None, seen=seen, by=by, operation=uuid.uuid4())


@pytest.fixture
def first(part, account):
    return labelled(part, account)


@pytest.fixture
def stray(first, part, owner):
    return come_back(first, part, owner)


def send(stray, account, by, **address):
    stray.refresh_from_db()
    receiver = Address(**(NEW | address))
    return send_again(stray=stray, account=account, receiver=receiver, grams=950, by=by)


def mails():
    run_tasks()
    return list(OutgoingMail.objects.filter(kind="shop.stray").order_by("pk").values_list("subject", flat=True))


def form(stray, account, **fields):
    typed = {"account": account.public_id, "grams": "950 g"} | NEW | {"is_confirmed": "on"} | fields
    return {f"p1-{name}": value for name, value in typed.items()}


def test_it_leaves_again_with_another_label_and_no_money(stray, first, part, account, owner):
    booked = Booked.objects.count()
    ask_buyer(stray=stray, by=owner)
    ask_buyer(stray=stray, by=owner)
    confirm_address(stray=stray, receiver=Address(**NEW), by=None)
    shipment = send(stray, account, owner)
    for row in (stray, first, part):
        row.refresh_from_db()
    assert (stray.state, stray.again, stray.address, stray.closed_by) == ("again", shipment, "", "Olivia Owner")
    assert (first.state, shipment.state, shipment.postal_code) == ("again", "ready", "47000")
    assert (part.state, part.tracking) == ("shipped", shipment.number)
    assert [subject.split(" : ")[0] for subject in mails()] == [
        f"Où envoyer votre colis ? Commande {part.order.public_id}",
        "Votre colis repart",
    ]
    tell(first, Step.LOST)  # told late of the old number: it changes nothing
    tell(shipment, Step.TAKEN, Step.DELIVERED)
    part.refresh_from_db()
    assert (first.state, part.state) == ("again", "delivered")
    assert Booked.objects.count() == booked
    assert check_ledger().is_right


def test_asked_twice_it_has_one_label_and_what_is_cleared_up_stays_so(stray, account, owner, part):
    CarrierAccount.objects.update(credentials='{"key": "panne"}')
    shipment = send(stray, account, owner)
    stray.refresh_from_db()
    assert (shipment.state, stray.state, leaving_again(stray).why_not) == ("queued", "open", "waits")
    line = OrderLine.objects.get()
    for act in (
        lambda: send(stray, account, owner),
        lambda: ask_buyer(stray=stray, by=owner),
        lambda: tie_stray(stray=stray, tie=Tie(part, [line.pk]), by=owner),
        lambda: end_stray(stray=stray, verb="sort", reason="x", by=owner),
    ):
        with pytest.raises(StrayStateError):
            act()
    CarrierAccount.objects.update(credentials='{"key": "open"}')
    make_label(shipment=shipment, now=shipment.next_at)
    stray.refresh_from_db()
    assert (stray.state, Shipment.objects.count(), stray.closed_by) == ("again", 2, "Olivia Owner")
    with pytest.raises(StrayStateError):
        send(stray, account, owner)


def test_refused_or_cancelled_it_waits_here_again(stray, account, owner):
    with pytest.raises(AddressRefused):
        send(stray, account, owner, address="1 rue inconnue")
    stray.refresh_from_db()
    assert (stray.state, leaving_again(stray).why_not) == ("open", "")
    shipment = send(stray, account, owner)
    cancel_label(shipment=shipment, by=owner)
    stray.refresh_from_db()
    assert (stray.state, stray.again, stray.closed_on, leaving_again(stray).why_not) == ("open", None, None, "")
    assert send(stray, account, owner).state == "ready"


def test_it_may_come_back_again(stray, account, owner, part):
    shipment = send(stray, account, owner)
    again = come_back(shipment, part, owner)
    assert (unclaimed(part.seller), leaving_again(again).why_not) == ([], "")
    assert send(again, account, owner).state == "ready"
    assert StrayParcel.objects.filter(state="again").count() == 2


def test_what_its_buyer_gave_back_or_never_left_stays(stray, account, owner, part, stranger):
    line = OrderLine.objects.get()
    said = Declaration([line.pk], "Camille", "camille@example.org", uuid.uuid4())
    foreign = account_of(stranger.memberships.get().organisation)
    with pytest.raises(StrayStateError):
        send(stray, foreign, owner)
    declare_withdrawal(order=part.order, said=said)
    stray.refresh_from_db()
    assert leaving_again(stray).why_not == "comes_back"
    with pytest.raises(StrayStateError):
        send(stray, account, owner)
    unknown = note_stray(seller=part.seller, site=None, seen=Seen("6A1"), by=owner, operation=uuid.uuid4())
    assert leaving_again(unknown) is None
    with pytest.raises(StrayStateError):
        ask_buyer(stray=unknown, by=owner)


def test_what_lies_here_is_not_presumed_received(stray, account, owner, part):
    long_ago = timezone.now() - datetime.timedelta(days=400)
    SellerOrder.objects.update(shipped_at=long_ago)
    assert presume_delivered() == 0
    send(stray, account, owner)
    assert presume_delivered() == 0
    StrayParcel.objects.update(closed_on=timezone.localdate(long_ago))
    assert presume_delivered() == 1


def test_the_buyer_says_where_by_the_link(stray, part, account, owner, as_user):
    buyer, link = as_user(None), again_path(stray)
    page = buyer.get(link)
    assert ("Lampe orange" in page.text, "Renvoyer le colis, sans frais" in page.text) == (True, True)
    assert buyer.get(f"{link[:-2]}x/").status_code == 404
    wrong = buyer.post(link, NEW | {"postal_code": "47001x"}, headers=HERE)
    assert (wrong.status_code, "3 place Clemenceau" in wrong.text) == (422, True)
    assert "Vous avez répondu" in buyer.post(link, NEW, follow=True, headers=HERE).text
    stray.refresh_from_db()
    assert (stray.confirmed_on, "Clemenceau" in stray.address) == (timezone.localdate(), True)
    desk = as_user(owner).get(f"{DESK}{stray.public_id}/").text
    assert ("3 place Clemenceau" in desk, "is_confirmed" in desk) == (True, False)
    assert "L’acheteur a dit où l’envoyer" in as_user(owner).get(DESK).text
    send(stray, account, owner)
    assert "Il est reparti" in buyer.get(link).text
    assert buyer.post(link, NEW, follow=True, headers=HERE).status_code == 200
    stray.refresh_from_db()
    assert stray.address == ""


def test_a_pick_up_point_is_confirmed_without_a_word(stray, part, as_user):
    OrderLine.objects.update(delivery_mode="relay")
    point = {"code": "472000", "name": "Tabac du Pont", "address": "1 quai", "postal_code": "47200", "city": "Marmande"}
    OrderParcel.objects.update_or_create(order=part.order, number=1, defaults={"mode": "relay", "point": point})
    buyer, link = as_user(None), again_path(stray)
    page = buyer.get(link).text
    assert ("Tabac du Pont" in page, 'name="address"' in page) == (True, False)
    assert "Vous avez répondu" in buyer.post(link, {}, follow=True, headers=HERE).text
    assert leaving_again(StrayParcel.objects.get()).carried.point == "472000"


def test_the_desk_asks_then_sends_it(stray, part, account, as_user, owner, reader, stranger):
    page, client = f"{DESK}{stray.public_id}/", as_user(owner)
    for person, status in ((reader, 403), (stranger, 404)):
        for end in ("demande/", "renvoi/"):
            assert as_user(person).post(f"{page}{end}", form(stray, account)).status_code == status
    assert "Demandé par mail" in client.post(f"{page}demande/", follow=True).text
    missing = client.post(f"{page}renvoi/", form(stray, account, is_confirmed=""))
    assert (missing.status_code, "3 place Clemenceau" in missing.text) == (422, True)
    refused = client.post(f"{page}renvoi/", form(stray, account, address="1 rue inconnue"))
    assert (refused.status_code, "ne trouve pas cette rue" in refused.text) == (422, True)
    done = client.post(f"{page}renvoi/", form(stray, account), follow=True).text
    shipment = Shipment.objects.get(state="ready")
    assert (shipment.number in done, "Imprimer sa nouvelle étiquette" in done) == (True, True)
    assert client.post(f"{page}renvoi/", form(stray, account)).status_code == 302
    assert Shipment.objects.count() == 3


def test_the_buyer_hears_of_an_unknown_parcel_that_is_theirs(part, owner, first):
    tell(first, Step.TAKEN)
    part.refresh_from_db()
    stray = note_stray(seller=part.seller, site=None, seen=Seen("6A1"), by=owner, operation=uuid.uuid4())
    tie_stray(stray=stray, tie=Tie(part, [OrderLine.objects.get().pk]), by=owner)
    assert len(mails()) == 1
    mail = OutgoingMail.objects.get(kind="shop.stray")
    assert "Votre colis est retrouvé" in mail.subject
    assert ("- Lampe orange" in mail.text, "/retours/" in mail.text) == (True, True)


def test_an_erased_buyer_leaves_no_address(stray, part, owner):
    confirm_address(stray=stray, receiver=Address(**NEW), by=None)
    blank_orders([part.order_id], timezone.now())
    stray.refresh_from_db()
    assert (stray.address, leaving_again(stray).why_not) == ("", "moved_on")


def test_the_page_of_each_label_says_what_to_do_and_leads_on(stray, first, part, account, owner, reader, as_user):
    page = f"/bureau/stock/envois/{first.public_id}/"
    here = as_user(owner).get(page)
    assert f'href="/bureau/commandes/{part.public_id}/"' in here.text
    assert "poste des retours" in here.text
    second = send(stray, account, owner)
    old = as_user(reader).get(page)
    assert f'href="/bureau/stock/envois/{second.public_id}/"' in old.text
    assert "etiquette.pdf" not in old.text  # what is stuck on it counts no more
    now = as_user(owner).get(f"/bureau/stock/envois/{second.public_id}/")
    assert "etiquette.pdf" in now.text
    cancel_label(shipment=second, by=owner)
    gone = as_user(owner).get(f"/bureau/stock/envois/{second.public_id}/")
    assert ("etiquette.pdf" in gone.text, "ne vaut plus rien" in gone.text) == (False, True)


def test_an_address_is_asked_before_the_carrier_is(stray, account, owner, as_user):
    answer = as_user(owner).post(f"{DESK}{stray.public_id}/renvoi/", form(stray, account, address=""))
    assert (answer.status_code, "Le transporteur en a besoin" in answer.text) == (422, True)
    assert Shipment.objects.count() == 1


def test_what_is_kept_for_another_seller_is_known_where_it_came_back_and_leaves_again_from_there(
    seller, operator, index, folders, owner, stranger, as_user
):
    other = stranger.memberships.get().organisation
    for one in (seller, other):
        one.delivery_modes = ["home"]
        one.save()
        AgreementFactory(organisation=one, operator=operator, shipping={"home_cents": 490})
    site = SiteFactory(organisation=seller, name="Quai 3", address="3 quai Nord", city="Agen")
    part = ordered(ItemFactory(seller=other, site=site, on_sale=True, title="Vase", weight_g=700)).parts.get()
    mine, theirs = account_of(seller), account_of(other)
    first = labelled(SellerOrder.objects.select_related("order", "seller").get(), mine)
    tell(first, Step.TAKEN, Step.RETURNED)
    back = unclaimed_of(first.number, seller)
    assert ([one.part for one in unclaimed(seller)], back.part, unclaimed(other)) == ([part], part, [])
    seen = Seen(first.number, back.shipment, back.part)
    stray = note_stray(seller=seller, site=site, seen=seen, by=owner, operation=uuid.uuid4())
    with pytest.raises(StrayStateError):
        send(stray, theirs, owner)
    page = reverse("shop:stray-detail", args=[stray.public_id])
    assert "Le renvoyer" in as_user(owner).get(page).text
    assert as_user(stranger).get(page).status_code == 404
    answer = as_user(owner).post(reverse("shop:stray-again", args=[stray.public_id]), form(stray, mine))
    stray.refresh_from_db()
    assert (answer.status_code, stray.state, stray.again.account) == (302, "again", mine)


@pytest.mark.django_db(transaction=True)
def test_its_carrier_s_word_and_the_desk_that_sends_it_again_never_wait_for_each_other(
    stray, first, account, owner, monkeypatch
):
    """Each takes its first lock, then waits a moment for the other one: both would hold what the other wants."""
    met = threading.Barrier(2)

    def slow(row, **how):
        found = lock_row(row, **how)
        if threading.current_thread() not in seen:
            seen.add(threading.current_thread())
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(0.5)
        return found

    seen = set()
    for module in ("rebond.shop.actions.again", "rebond.warehouse.actions.tracking"):
        monkeypatch.setattr(f"{module}.lock_row", slow)
    raised = race([lambda: tell(first, Step.LOST), lambda: send(stray, account, owner)])
    assert [one for one in raised if not isinstance(one, StrayStateError | ShipmentStateForbids)] == []
    first.refresh_from_db()
    assert first.state in {"lost", "again"}
