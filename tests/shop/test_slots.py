"""Appointments: what is offered, the last place, what is kept and given up, what is handed over."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.models import Entry, OutgoingMail
from rebond.shop.actions.agenda import close_agenda, save_agenda
from rebond.shop.actions.appointment import choose_slot, free_lapsed
from rebond.shop.actions.appointment_mail import remind_of_appointments, write_appointment_mail
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.by_hand import give_up, pay_later, take_at_collection
from rebond.shop.actions.handing import call_off, hand_over, miss
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.part import (
    CancelLine,
    CollectInstead,
    change_part,
    deliver_part,
    lapse_orders,
    make_part_ready,
)
from rebond.shop.actions.part_mail import write_part_mail
from rebond.shop.errors import (
    AgendaChangedError,
    AgendaKnownError,
    AppointmentStateError,
    PartStateError,
    SlotFullError,
    TooLateError,
    WithdrawnStaysError,
)
from rebond.shop.models import Agenda, Appointment, Order, OrderParcel, Return, ReturnLine, SellerOrder, Slot
from rebond.shop.queries.appointments import calendar_of, choices_for
from rebond.shop.queries.keeper import Keeper
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT
from tests.factories.slots import make_agenda, offers, pay, placed_with
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
MONDAY = timezone.make_aware(datetime.datetime(2027, 2, 1, 8))  # nobody rests that week
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture
def site(seller):
    OrganisationFactory(kind="operator")
    return SiteFactory(organisation=seller, address="12 rue des Ateliers")


@pytest.fixture
def agenda(site):
    return make_agenda(site)


@pytest.fixture
def item(seller):
    return ItemFactory(seller=seller, on_sale=True, price_cents=2500)


def another(seller):
    return ItemFactory(seller=seller, on_sale=True, price_cents=900)


def hours(rows):
    return [timezone.localtime(row.starts_at).strftime("%d %H:%M") for row in rows]


def taken(offer):
    return Slot.objects.values_list("taken", flat=True).get(agenda=offer.agenda, starts_at=offer.starts_at)


def states():
    return list(Appointment.objects.order_by("pk").values_list("state", flat=True))


# --- what is offered


def test_openings_are_cut_into_slots(site):
    agenda = make_agenda(site, windows=[(0, datetime.time(9), datetime.time(10, 40))], ahead_days=7)

    assert hours(offers(agenda, MONDAY - DAY)) == ["01 09:00", "01 09:30", "01 10:00"]


def test_nobody_comes_within_two_hours(site):
    agenda = make_agenda(site, windows=[(0, datetime.time(9), datetime.time(11))], ahead_days=1)

    assert hours(offers(agenda, MONDAY)) == ["01 10:00", "01 10:30"]


def test_closed_days_and_holidays_are_not_offered(site):
    site.organisation.closures.create(starts_on=datetime.date(2027, 5, 3), ends_on=datetime.date(2027, 5, 4))
    agenda = make_agenda(site, windows=[(n, datetime.time(9), datetime.time(9, 30)) for n in range(7)], ahead_days=11)
    april = timezone.make_aware(datetime.datetime(2027, 4, 30, 12))

    found = hours(offers(agenda, april))

    assert found == ["02 09:00", "05 09:00", "07 09:00", "09 09:00", "10 09:00", "11 09:00"]  # 1, 6 and 8 May rest


def test_an_hour_of_summer_stays_the_same_hour(site):
    agenda = make_agenda(site, windows=[(0, datetime.time(9), datetime.time(9, 30))], ahead_days=14)
    march = timezone.make_aware(datetime.datetime(2027, 3, 20, 12))

    assert hours(offers(agenda, march)) == ["22 09:00"]  # the 29th is Easter Monday
    assert hours(offers(agenda, march + 10 * DAY)) == ["05 09:00", "12 09:00"]


def test_a_full_slot_is_not_offered_and_one_whose_hold_is_over_is(agenda, seller):
    first = offers(agenda, MONDAY)[-1]
    for _n in range(2):
        placed_with(another(seller), first, now=MONDAY)

    assert first.key not in [offer.key for offer in offers(agenda, MONDAY)]
    assert first.key in [offer.key for offer in offers(agenda, MONDAY + 2 * HOUR)]


# --- the last place


def test_the_database_refuses_more_than_there_is(agenda):
    slot = Slot.objects.create(agenda=agenda, starts_at=MONDAY, ends_at=MONDAY + HOUR, capacity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=2)


@pytest.mark.django_db(transaction=True)
def test_two_buyers_on_the_last_place_one_gets_it(seller):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(SiteFactory(organisation=seller), capacity=1)
    offer = offers(agenda)[-1]
    items = [another(seller) for _n in range(6)]

    raised = race([lambda item=item: placed_with(item, offer) for item in items])

    assert [type(error) for error in raised] == [SlotFullError] * 5
    assert taken(offer) == 1
    assert Order.objects.count() == 1  # the others ordered nothing, and keep their basket
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_swap_their_hours_never_wait_for_each_other(seller):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(SiteFactory(organisation=seller), capacity=2)
    first, second = offers(agenda)[-2:]
    mine = pay(placed_with(another(seller), first)).parcels.get()
    yours = pay(placed_with(another(seller), second)).parcels.get()

    raised = race(
        [
            lambda: choose_slot(parcel=mine, offer=second, by=None),
            lambda: choose_slot(parcel=yours, offer=first, by=None),
        ]
    )

    assert raised == []
    assert (taken(first), taken(second)) == (1, 1)


def test_a_refused_place_leaves_no_order(agenda, seller):
    offer = offers(agenda, MONDAY)[-1]
    for _n in range(2):
        placed_with(another(seller), offer, now=MONDAY)
    before = Order.objects.count()

    with pytest.raises(SlotFullError) as refused, transaction.atomic():
        placed_with(another(seller), offer, now=MONDAY)

    assert refused.value.number == 1
    assert Order.objects.count() == before
    assert taken(offer) == 2


def test_a_closed_agenda_takes_nobody_more(agenda, item, owner):
    offer = offers(agenda, MONDAY)[-1]
    assert close_agenda(agenda=agenda, by=owner)
    assert not close_agenda(agenda=agenda, by=owner)

    with pytest.raises(SlotFullError), transaction.atomic():
        placed_with(item, offer, now=MONDAY)


# --- kept and given up


def test_a_paid_order_keeps_its_place(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    order = pay(placed_with(item, offer, now=MONDAY), MONDAY)

    one = Appointment.objects.get()
    assert (one.state, one.held_until, one.parcel.order, len(one.code)) == ("booked", None, order, 6)
    assert free_lapsed(now=MONDAY + 30 * DAY) == 0
    assert taken(offer) == 1


def test_what_is_not_paid_in_time_is_free_for_the_next_one_without_a_worker(site, seller):
    offer = offers(make_agenda(site, capacity=1), MONDAY)[-1]
    placed_with(another(seller), offer, now=MONDAY)
    with pytest.raises(SlotFullError), transaction.atomic():
        placed_with(another(seller), offer, now=MONDAY + HOUR / 2)

    placed_with(another(seller), offer, now=MONDAY + 2 * HOUR)

    assert states() == ["freed", "held"]
    assert taken(offer) == 1


def test_the_sweep_frees_it_once(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    placed_with(item, offer, now=MONDAY)

    assert free_lapsed(now=MONDAY + HOUR / 2) == 0
    assert free_lapsed(now=MONDAY + 2 * HOUR) == 1
    assert free_lapsed(now=MONDAY + 2 * HOUR) == 0
    assert taken(offer) == 0


def test_paid_late_it_is_taken_again_where_it_is_left(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    payment = placed_with(item, offer, now=MONDAY)
    free_lapsed(now=MONDAY + 2 * HOUR)

    pay(payment, MONDAY + 3 * HOUR)

    assert states() == ["freed", "booked"]
    assert taken(offer) == 1


def test_paid_late_and_full_the_buyer_is_told_to_choose_another(site, seller, item):
    now = timezone.now()
    offer = offers(make_agenda(site, capacity=1), now)[-1]
    payment = placed_with(item, offer, now=now)
    free_lapsed(now=now + 2 * HOUR)
    placed_with(another(seller), offer, now=now + 2 * HOUR)

    order = pay(payment, now + 2 * HOUR)
    write_order_mail(order_id=order.pk)

    assert states() == ["freed", "held"]
    text = OutgoingMail.objects.get(kind="shop.order").text
    assert f"/commandes/{order.public_id}/" in text
    assert "The hour that you chose is no longer free" in text or "n’est plus libre" in text


def test_ordering_again_from_the_same_basket_does_not_keep_two_places(agenda, item):
    keeper = Keeper(visitor=uuid.uuid4().hex)
    first, second = offers(agenda, MONDAY)[-2:]
    placed_with(item, first, now=MONDAY, keeper=keeper)

    placed_with(item, second, now=MONDAY, keeper=keeper)

    assert (taken(first), taken(second)) == (0, 1)


def test_an_order_that_lapses_gives_its_place_back(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    placed_with(item, offer, now=MONDAY)

    lapse_orders(now=MONDAY + 2 * DAY)

    assert states() == ["freed"]
    assert taken(offer) == 0


def test_a_cancelled_part_gives_its_place_back(agenda, item, owner):
    offer = offers(agenda, MONDAY)[-1]
    order = pay(placed_with(item, offer, now=MONDAY), MONDAY)
    part = order.parts.get()

    change_part(
        part=part, changes=[CancelLine(part.lines.get().pk, "not_found")], by=owner, operation=uuid.uuid4(), now=MONDAY
    )

    assert states() == ["freed"]
    assert taken(offer) == 0


def test_collected_instead_the_van_does_not_come(seller, item, owner):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(organisation=seller, zone=["47"])
    order = pay(placed_with(item, offers(agenda, MONDAY)[-1], now=MONDAY), MONDAY)

    change_part(part=order.parts.get(), changes=[CollectInstead()], by=owner, operation=uuid.uuid4(), now=MONDAY)

    assert states() == ["freed"]


def test_paid_at_the_counter_it_waits_until_the_day_of_the_appointment(site, item, owner, settings):
    settings.COLLECTION_DAYS = 3
    offer = offers(make_agenda(site, ahead_days=10), MONDAY)[-1]
    payment = placed_with(item, offer, now=MONDAY, keeper=Keeper(user=UserFactory()))

    paid_there = pay_later(order=payment.order, provider="collection", by=None, organisation=None, now=MONDAY)

    order = Order.objects.get()
    assert timezone.localdate(order.pay_by) == timezone.localdate(offer.starts_at)
    assert free_lapsed(now=MONDAY + 5 * DAY) == 0
    take_at_collection(part=order.parts.get(), means="card", by=owner, now=offer.starts_at)
    assert states() == ["done"]
    assert paid_there.order_id == order.pk


def test_what_is_paid_at_the_counter_moves_within_the_days_that_it_is_kept(site, item, settings):
    settings.COLLECTION_DAYS = 3
    now = timezone.now()
    payment = placed_with(item, offers(make_agenda(site), now)[0], now=now, keeper=Keeper(user=UserFactory()))
    pay_later(order=payment.order, provider="collection", by=None, organisation=None, now=now)
    parcel = OrderParcel.objects.select_related("order").get()

    found = choices_for(parcel, now)

    assert all(offer.ends_at <= parcel.order.pay_by for offer in found)
    assert len(found) < len(offers(Agenda.objects.get(), now))


def test_the_mail_that_it_is_ready_says_when_and_what_to_show(agenda, item):
    order = pay(placed_with(item, offers(agenda)[-1]))
    part = make_part_ready(part=order.parts.get(), by=None)
    write_part_mail(part_id=part.pk, state="ready")

    assert Appointment.objects.get().code.upper() in OutgoingMail.objects.get(kind="shop.part").text


def test_given_up_before_it_is_paid_the_place_is_free(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    payment = placed_with(item, offer, now=MONDAY, keeper=Keeper(user=UserFactory()))
    pay_later(order=payment.order, provider="collection", by=None, organisation=None, now=MONDAY)

    give_up(order=Order.objects.get(), by=None, reason="no", now=MONDAY + HOUR)

    assert taken(offer) == 0


# --- another hour


def test_the_buyer_takes_another_hour_until_the_day_before(agenda, item):
    first, second = offers(agenda, MONDAY)[-2:]
    parcel = pay(placed_with(item, first, now=MONDAY), MONDAY).parcels.get()

    moved = choose_slot(parcel=parcel, offer=second, by=None, now=MONDAY)
    again = choose_slot(parcel=parcel, offer=second, by=None, now=MONDAY)

    assert moved == again
    assert states() == ["freed", "booked"]
    assert (taken(first), taken(second)) == (0, 1)
    with pytest.raises(TooLateError), transaction.atomic():
        choose_slot(parcel=parcel, offer=first, by=None, now=second.starts_at - HOUR)
    assert (taken(first), taken(second)) == (0, 1)


def test_a_full_hour_leaves_the_former_one(site, seller, item):
    first, second = offers(make_agenda(site, capacity=1), MONDAY)[-2:]
    parcel = pay(placed_with(item, first, now=MONDAY), MONDAY).parcels.get()
    placed_with(another(seller), second, now=MONDAY)

    with pytest.raises(SlotFullError), transaction.atomic():
        choose_slot(parcel=parcel, offer=second, by=None, now=MONDAY)

    assert (taken(first), taken(second)) == (1, 1)


def test_nothing_is_chosen_for_an_unpaid_or_finished_order(agenda, item):
    first, second = offers(agenda, MONDAY)[-2:]
    payment = placed_with(item, first, now=MONDAY)
    parcel = payment.order.parcels.get()
    with pytest.raises(AppointmentStateError), transaction.atomic():
        choose_slot(parcel=parcel, offer=second, by=None, now=MONDAY)

    pay(payment, MONDAY)
    hand_over(appointment=Appointment.objects.get(), by=None, now=first.starts_at)
    with pytest.raises(AppointmentStateError), transaction.atomic():
        choose_slot(parcel=parcel, offer=second, by=None, now=MONDAY)


def test_no_hour_before_it_is_ready_then_any(site, item, seller):
    seller.ships_in_days = 3
    seller.save()
    item.site = site
    item.save()
    agenda = make_agenda(site, lead_days=4)
    order = pay(placed_with(item, offers(agenda)[-1]))
    parcel = OrderParcel.objects.select_related("order").get()
    now = timezone.now()

    first = choices_for(parcel, now)[0]
    assert timezone.localdate(first.starts_at) >= timezone.localdate(now) + 4 * DAY

    make_part_ready(part=order.parts.get(), by=None)
    sooner = choices_for(parcel, now)[0]
    assert sooner.starts_at < first.starts_at


# --- handed over


@pytest.fixture
def booked(agenda, item):
    offer = offers(agenda, MONDAY)[-1]
    pay(placed_with(item, offer, now=MONDAY), MONDAY)
    return Appointment.objects.get()


def test_handed_over_the_order_is_received_once(booked, owner):
    when = booked.slot.starts_at
    hand_over(appointment=booked, by=owner, now=when)
    hand_over(appointment=booked, by=owner, now=when)

    part = SellerOrder.objects.get()
    assert (part.state, part.delivered_at, booked.state) == ("delivered", when, "done")
    assert Entry.objects.filter(action="shop.appointment.kept").count() == 1
    assert not OutgoingMail.objects.filter(kind="shop.part").exists()  # it is in the buyer's hands


def test_it_is_not_handed_over_before_its_day_nor_unpaid(agenda, item, owner):
    offer = offers(agenda, MONDAY)[-1]
    payment = placed_with(item, offer, now=MONDAY)
    one = Appointment.objects.get()
    with pytest.raises(PartStateError), transaction.atomic():
        hand_over(appointment=one, by=owner, now=offer.starts_at)
    pay(payment, MONDAY)
    with pytest.raises(AppointmentStateError), transaction.atomic():
        hand_over(appointment=one, by=owner, now=offer.starts_at - DAY)

    assert SellerOrder.objects.get().state == "to_prepare"


def test_what_the_buyer_withdrew_from_stays(booked, owner):
    part = SellerOrder.objects.get()
    back = Return.objects.create(part=part, state="unsent", due_on=datetime.date(2027, 2, 15))
    ReturnLine.objects.create(back=back, line=part.lines.get())
    with pytest.raises(WithdrawnStaysError), transaction.atomic():
        hand_over(appointment=booked, by=owner, now=booked.slot.starts_at)

    booked.refresh_from_db()
    assert booked.state == "booked"


def test_a_part_of_two_parcels_is_received_with_the_last(seller, owner):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(SiteFactory(organisation=seller))
    lamp, chair = another(seller), another(seller)
    first, second = offers(agenda, MONDAY)[-2:]
    keeper = Keeper(visitor=uuid.uuid4().hex)
    for row in (lamp, chair):
        take_item(keeper=keeper, item=row, now=MONDAY)
    ways = {lamp.pk: Way(1, "pickup", 0, slot=first), chair.pk: Way(2, "pickup", 0, slot=second)}
    payment = place_order(
        keeper=keeper,
        email="a@example.org",
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed(ways, 1800, CONTACT),
        now=MONDAY,
    )
    pay(payment, MONDAY)
    one, two = Appointment.objects.order_by("parcel__number")

    hand_over(appointment=one, by=owner, now=second.starts_at)
    assert SellerOrder.objects.get().state == "to_prepare"  # L221-18: the delay counts from the last
    hand_over(appointment=two, by=owner, now=second.starts_at)
    assert SellerOrder.objects.get().state == "delivered"


def test_brought_by_the_seller_it_left_and_was_received(seller, item, owner):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(organisation=seller, zone=["47"])
    pay(placed_with(item, offers(agenda, MONDAY)[-1], now=MONDAY), MONDAY)
    one = Appointment.objects.get()

    hand_over(appointment=one, by=owner, now=one.slot.ends_at)

    part = SellerOrder.objects.get()
    assert (part.state, part.shipped_at) == ("delivered", one.slot.ends_at)


def test_received_by_the_order_s_own_button_the_appointment_is_over(booked, owner):
    part = SellerOrder.objects.get()
    make_part_ready(part=part, by=owner, now=MONDAY)
    deliver_part(part=part, by=owner, now=MONDAY)

    assert states() == ["done"]


def test_nobody_there_the_buyer_chooses_again(booked, agenda, owner):
    with pytest.raises(AppointmentStateError), transaction.atomic():
        miss(appointment=booked, by=owner, now=booked.slot.starts_at - HOUR)
    late = booked.slot.ends_at
    miss(appointment=booked, by=owner, now=late)
    miss(appointment=booked, by=owner, now=late)
    write_appointment_mail(appointment_id=booked.pk, state="missed")
    write_appointment_mail(appointment_id=booked.pk, state="missed")

    assert OutgoingMail.objects.filter(kind="shop.appointment").count() == 1
    choose_slot(parcel=booked.parcel, offer=offers(agenda, late)[-1], by=None, now=late)
    assert states() == ["missed", "booked"]


def test_called_off_the_place_is_free_and_the_buyer_told(booked, owner):
    call_off(appointment=booked, by=owner, now=MONDAY)
    with pytest.raises(AppointmentStateError), transaction.atomic():
        call_off(appointment=booked, by=owner, now=MONDAY)

    booked.slot.refresh_from_db()
    assert (states(), booked.slot.taken) == (["freed"], 0)


# --- the day before


def eve(appointment, hour=10):
    day = timezone.localtime(appointment.slot.starts_at) - DAY
    return day.replace(hour=hour, minute=0)


def reminders():
    return list(OutgoingMail.objects.filter(key__endswith=":tomorrow").order_by("pk"))


def test_the_day_before_the_buyer_is_told_once(booked, site):
    assert remind_of_appointments(now=eve(booked, hour=8)) == 0
    assert remind_of_appointments(now=eve(booked)) == 1
    assert remind_of_appointments(now=eve(booked, hour=18)) == 0
    assert remind_of_appointments(now=booked.slot.starts_at) == 0

    (mail,) = reminders()
    assert mail.to == "camille@example.org"
    assert booked.parcel.order.public_id in mail.subject
    for expected in ("12 rue des Ateliers", booked.code.upper(), "/rendez-vous/1/"):
        assert expected in mail.text
    assert "You pay" not in mail.text


def test_who_chose_it_today_or_gave_it_up_is_not_told(booked, owner):
    Appointment.objects.update(created_at=eve(booked, hour=7))
    assert remind_of_appointments(now=eve(booked)) == 0
    Appointment.objects.update(created_at=MONDAY)
    call_off(appointment=booked, by=owner, now=MONDAY)
    assert remind_of_appointments(now=eve(booked)) == 0


def test_who_changed_the_day_is_told_of_the_new_one_only(booked, agenda):
    other = next(offer for offer in offers(agenda, MONDAY) if offer.starts_at < booked.slot.starts_at - 2 * DAY)
    moved = choose_slot(parcel=booked.parcel, offer=other, by=None, now=MONDAY)
    Appointment.objects.update(created_at=MONDAY - 3 * DAY)

    assert remind_of_appointments(now=eve(booked)) == 0
    assert remind_of_appointments(now=eve(moved)) == 1


def test_who_pays_at_the_counter_is_told_and_who_never_paid_is_not(agenda, item):
    payment = placed_with(item, offers(agenda, MONDAY)[3], now=MONDAY, keeper=Keeper(user=UserFactory()))
    one = Appointment.objects.get()
    assert remind_of_appointments(now=eve(one)) == 0
    pay_later(order=payment.order, provider="collection", by=None, organisation=None, now=MONDAY)

    assert remind_of_appointments(now=eve(one)) == 1
    assert "You pay when you collect it." in reminders()[0].text


# --- agendas


def test_a_site_has_one_agenda_and_two_people_never_overwrite_each_other(agenda, site, owner):
    facts = {"slot_min": 60, "capacity": 1, "lead_days": 1, "ahead_days": 7}
    windows = [(0, datetime.time(9), datetime.time(12))]
    with pytest.raises(AgendaKnownError), transaction.atomic():
        save_agenda(organisation=site.organisation, mode="pickup", site=site, fields=facts, windows=windows, by=owner)
    save_agenda(
        organisation=site.organisation, mode="pickup", agenda=agenda, version=1, fields=facts, windows=windows, by=owner
    )
    with pytest.raises(AgendaChangedError), transaction.atomic():
        save_agenda(
            organisation=site.organisation, mode="pickup", agenda=agenda, version=1, fields=facts, windows=[], by=owner
        )

    assert (Agenda.objects.get().slot_min, Agenda.objects.get().windows.count()) == (60, 1)


def test_fewer_places_never_undo_what_was_promised(agenda, seller, owner, site):
    offer = offers(agenda, MONDAY)[-1]
    for _n in range(2):
        placed_with(another(seller), offer, now=MONDAY)
    facts = {"slot_min": 30, "capacity": 1, "lead_days": 1, "ahead_days": 14}
    save_agenda(
        organisation=seller,
        mode="pickup",
        agenda=agenda,
        version=1,
        fields=facts,
        windows=[(n, datetime.time(9), datetime.time(11)) for n in range(7)],
        by=owner,
        now=MONDAY,
    )

    slot = Slot.objects.get()
    assert (slot.taken, slot.capacity) == (2, 2)
    agenda.refresh_from_db()
    assert offer.key not in [row.key for row in offers(agenda, MONDAY)]


# --- the calendar


def test_the_calendar_s_file_follows_rfc_5545(booked):
    booked.slot.agenda.organisation.name = "Vêtements, jouets; l’été à Sainte-Livrade-sur-Lot et dans toute la vallée"
    text = calendar_of(booked, MONDAY)

    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "Vêtements\\, jouets\\; l’été" in text.replace("\r\n ", "")
    start = booked.slot.starts_at.astimezone(datetime.UTC)
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in lines
