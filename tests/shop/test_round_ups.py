"""Round-ups: chosen, never preselected, given whole, gone back only with the whole order; the books agree to the cent."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.payout import ask_payout, grant_payout, send_payout
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import NothingDue
from rebond.ledger.models import Account, Balance, Payout
from rebond.ledger.queries.gifts import gift_due
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.by_hand import note_given_back, pay_later, set_pay_option, take_at_collection
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.part import CancelLine, LowerPrice, change_part
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.project import change_project, create_project
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.round_up import Gift
from rebond.shop.actions.trial import contest_payment
from rebond.shop.errors import OrderChangedError, ProjectInvalidError
from rebond.shop.models import Dispute, Order, Refund, RoundUp, SolidarityProject
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from rebond.shop.web.solidarity_forms import to_next_euro
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def garden(operator):
    return OrganisationFactory(name="Jardin des Possibles", siren="552100554")


@pytest.fixture
def project(garden):
    return SolidarityProject.objects.create(
        name="Des outils pour apprendre", sentence="Un euro, une graine.", receiver=garden, opens_on=localdate()
    )


def placed(*items, project, cents=60, keeper=None, **changes):
    keeper = keeper or Keeper(visitor=uuid.uuid4().hex)
    for item in items:
        take_item(keeper=keeper, item=item)
    total = sum(item.price_cents for item in items) + cents
    ways = {item.pk: Way(n, "home", 0) for n, item in enumerate(items, 1)}
    agreed = Agreed(ways, total, CONTACT, gift=Gift(project, cents))
    return place_order(
        keeper=keeper, email="camille@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, **changes
    )


def pay(payment):
    told = Told(payment.provider, uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents)
    receive_event(told=told)
    payment.order.refresh_from_db()
    return payment.order


def paid(*items, project, cents=60):
    return pay(placed(*items, project=project, cents=cents))


def owed(organisation):
    account = Account.objects.filter(owner=organisation, kind=AccountKind.ROUND_UP).first()
    return Balance.objects.get(account=account).owed_cents if account else 0


def books_are_right():
    report = check_ledger()
    return report.is_right or report.told


def test_to_the_next_euro_a_whole_one_becomes_one_more():
    assert [to_next_euro(cents) for cents in (6_940, 6_999, 7_000, 1)] == [60, 1, 100, 99]


@pytest.mark.parametrize("provider", ["test", "stripe"])
def test_the_page_that_pays_has_a_row_for_each_part_of_the_total(seller, project, client, settings, provider):
    settings.PAYMENT_PROVIDER = provider
    payment = placed(ItemFactory(seller=seller, on_sale=True, price_cents=2_540), project=project)
    type(payment).objects.update(provider=provider)

    page = BeautifulSoup(client.get(order_path(payment.order, "order-pay")).content, "html.parser")

    rows = [row.dd.get_text(strip=True).replace("\u00a0", " ") for row in page.select("dl.sum > div")]
    assert rows[:3] == ["25,40 €", "0,00 €", "0,60 €"]


def test_a_gift_is_paid_with_the_order_and_owed_whole_to_its_receiver(seller, project, garden):
    order = paid(ItemFactory(seller=seller, on_sale=True, price_cents=2_540), project=project)

    gift = RoundUp.objects.get(order=order)
    assert (order.total_cents, gift.cents, gift.state, owed(garden)) == (2_600, 60, "given", 60)
    assert gift.told == {
        "project": "Des outils pour apprendre", "sentence": "Un euro, une graine.", "receiver": "Jardin des Possibles"
    }  # fmt: skip
    assert books_are_right() is True


def test_an_order_that_is_not_paid_gives_nothing(seller, project, garden):
    payment = placed(ItemFactory(seller=seller, on_sale=True, price_cents=2_540), project=project)
    assert (RoundUp.objects.get().state, owed(garden), payment.amount_cents) == ("promised", 0, 2_600)
    assert books_are_right() is True


def test_the_total_of_the_button_holds_the_gift(seller, project):
    item = ItemFactory(seller=seller, on_sale=True, price_cents=2_540)
    keeper = Keeper(visitor="x")
    take_item(keeper=keeper, item=item)
    agreed = Agreed({item.pk: Way(1, "home", 0)}, 2_540, CONTACT, gift=Gift(project, 60))
    with pytest.raises(OrderChangedError):
        place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed)
    assert (Order.objects.count(), RoundUp.objects.count()) == (0, 0)


def test_a_project_that_closed_meanwhile_takes_nothing(seller, project):
    SolidarityProject.objects.update(
        opens_on=localdate() - datetime.timedelta(9), closes_on=localdate() - datetime.timedelta(1)
    )
    with pytest.raises(OrderChangedError):
        placed(ItemFactory(seller=seller, on_sale=True), project=project)
    assert (Order.objects.count(), RoundUp.objects.count()) == (0, 0)


def test_a_part_of_the_order_given_back_leaves_the_gift(seller, project, garden, owner):
    items = [ItemFactory(seller=seller, on_sale=True, price_cents=cents) for cents in (1_000, 2_000)]
    part = paid(*items, project=project).parts.get()
    first, second = part.lines.order_by("pk")

    change_part(part=part, changes=[CancelLine(first.pk, "damaged")], by=owner, operation=uuid.uuid4())
    change_part(part=part, changes=[LowerPrice(second.pk, 1_999)], by=owner, operation=uuid.uuid4())

    assert (RoundUp.objects.get().state, owed(garden)) == ("given", 60)
    assert list(Refund.objects.order_by("pk").values_list("amount_cents", "gift_cents")) == [(1_000, 0), (1_999, 0)]
    assert books_are_right() is True


def test_the_gift_goes_back_once_with_the_last_cent_of_the_order(seller, project, garden, owner):
    other = OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")
    items = [ItemFactory(seller=s, on_sale=True, price_cents=1_000) for s in (seller, other)]
    order = paid(*items, project=project)
    parts = list(order.parts.order_by("pk"))
    change_part(
        part=parts[0], changes=[CancelLine(parts[0].lines.get().pk, "damaged")], by=owner, operation=uuid.uuid4()
    )
    assert owed(garden) == 60
    operation = uuid.uuid4()

    for _ in range(2):
        change_part(
            part=parts[1], changes=[CancelLine(parts[1].lines.get().pk, "damaged")], by=owner, operation=operation
        )

    payment = order.payments.get()
    assert (RoundUp.objects.get().state, owed(garden), payment.refunded_cents) == ("back", 0, 2_060)
    assert list(Refund.objects.order_by("pk").values_list("amount_cents", "gift_cents")) == [(1_000, 0), (1_060, 60)]
    for refund in Refund.objects.all():
        make_refund(refund_id=refund.pk)
    assert books_are_right() is True


def test_an_order_of_which_all_was_lost_gives_the_gift_back_too(seller, project, garden):
    items = [ItemFactory(seller=seller, on_sale=True, price_cents=1_000) for _ in range(2)]
    payment = placed(*items, project=project)
    Item.objects.update(state="withdrawn", reserved=0)
    order = pay(payment)
    assert order.payments.get().refunded_cents == 2_060
    assert (RoundUp.objects.get().state, owed(garden)) == ("back", 0)
    assert books_are_right() is True


def test_an_order_of_which_something_is_kept_keeps_the_gift(seller, project, garden):
    items = [ItemFactory(seller=seller, on_sale=True, price_cents=1_000) for _ in range(2)]
    payment = placed(*items, project=project)
    Item.objects.filter(pk=items[0].pk).update(state="withdrawn", reserved=0)
    order = pay(payment)
    assert (order.payments.get().refunded_cents, RoundUp.objects.get().state, owed(garden)) == (1_000, "given", 60)
    assert books_are_right() is True


def test_a_second_payment_goes_back_whole_and_gives_once(seller, project, garden):
    payment = placed(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project)
    order = pay(payment)
    second = order.payments.create(provider="test", amount_cents=order.total_cents)
    pay(second)
    second.refresh_from_db()
    assert (second.refunded_cents, owed(garden), RoundUp.objects.get().state) == (1_060, 60, "given")
    assert books_are_right() is True


def test_paid_at_the_counter_the_seller_owes_the_gift_and_gives_it_back_itself(seller, project, garden, owner):
    set_pay_option(organisation=seller, at_collection="all", by=owner)
    item = ItemFactory(seller=seller, on_sale=True, price_cents=1_000)
    order = placed(item, project=project).order
    pay_later(order=order, provider="collection", by=None, organisation=None)
    part = take_at_collection(part=order.parts.get(), means="card", by=owner)
    assert (RoundUp.objects.get().state, owed(garden)) == ("given", 60)
    assert books_are_right() is True

    refund = ask_refund(part=part, lines={part.lines.get().pk: 1_000}, reason="other", by=owner, operation=uuid.uuid4())
    note_given_back(refund=refund, by=owner)

    assert (refund.amount_cents, RoundUp.objects.get().state, owed(garden)) == (1_060, "back", 0)
    account = Account.objects.get(owner=seller, kind=AccountKind.SELLER)
    assert Balance.objects.get(account=account).owed_cents == 0
    assert books_are_right() is True


def test_a_bank_that_takes_the_whole_payment_takes_the_gift(seller, project, garden):
    order = paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project)
    dispute = contest_payment(payment=order.payments.get())
    assert (RoundUp.objects.get().state, owed(garden)) == ("given", 60)

    receive_dispute(
        told=Contested(
            provider=dispute.provider, dispute_id=dispute.provider_id, payment=dispute.payment, state="lost",
            cents=dispute.cents, told_at=timezone.now(), is_taken=True,
        )
    )  # fmt: skip

    assert (Dispute.objects.get().money, RoundUp.objects.get().state, owed(garden)) == ("gone", "back", 0)
    assert books_are_right() is True


def test_check_ledger_finds_a_gift_that_the_books_do_not_have(seller, project):
    paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project)
    RoundUp.objects.update(cents=61)
    wrong = check_ledger().wrong
    assert (wrong["round-ups"], wrong["orders"]) == (1, 1)


def test_the_day_compared_with_the_provider_has_no_gap(seller, project):
    paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project)
    done = reconcile_day(provider="test", day=localdate())
    assert [gap.kind for gap in done.gaps.all() if gap.kind == "books"] == []


@pytest.mark.page
def test_the_confirmation_names_the_gift(seller, project):
    order = paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project)
    write_order_mail(order_id=order.pk)
    text = OutgoingMail.objects.get(kind="shop.order").text
    assert (
        "Arrondi solidaire\u00a0: 0,60\u00a0€ pour «\u00a0Des outils pour apprendre\u00a0», de Jardin des Possibles."
        in text
    )


# --- payouts


def test_what_was_given_lately_waits_then_is_paid_out_through_the_books(seller, project, garden, owner, colleague):
    paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project, cents=500)
    account = Account.objects.get(owner=garden, kind=AccountKind.ROUND_UP)
    due = gift_due(account, localdate())
    assert (due.owed_cents, due.waiting_cents, due.cents, due.held) == (500, 500, 0, [])
    with pytest.raises(NothingDue):
        ask_payout(account=account, by=owner, day=localdate())
    later = timezone.now() + datetime.timedelta(days=46)

    payout = ask_payout(account=account, by=owner, day=timezone.localdate(later))
    grant_payout(payout=payout, by=colleague, may_grant_any=True)
    send_payout(payout=payout, now=later)

    payout.refresh_from_db()
    assert (payout.state, payout.cents, owed(garden)) == ("paid", 500, 0)
    assert books_are_right() is True


def test_a_gift_that_goes_back_after_its_payout_is_carried(seller, project, garden, owner, colleague):
    order = paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project, cents=500)
    account = Account.objects.get(owner=garden, kind=AccountKind.ROUND_UP)
    later = timezone.now() + datetime.timedelta(days=46)
    payout = ask_payout(account=account, by=owner, day=timezone.localdate(later))
    send_payout(payout=grant_payout(payout=payout, by=colleague, may_grant_any=True), now=later)
    part = order.parts.get()
    change_part(part=part, changes=[CancelLine(part.lines.get().pk, "damaged")], by=owner, operation=uuid.uuid4())
    assert (owed(garden), gift_due(account, timezone.localdate(later)).cents) == (-500, 0)
    assert books_are_right() is True


# --- projects and pages


def test_the_operator_receives_no_gift_and_a_project_ends_after_it_begins(operator, garden, owner):
    given = {"name": "X", "sentence": "Y", "by": owner}
    with pytest.raises(ProjectInvalidError):
        create_project(receiver=operator, opens_on=localdate(), closes_on=None, **given)
    with pytest.raises(ProjectInvalidError):
        create_project(receiver=garden, opens_on=localdate(), closes_on=localdate() - datetime.timedelta(1), **given)
    made = create_project(receiver=garden, opens_on=localdate(), closes_on=None, **given)
    change_project(project=made, name="Z", sentence="Y", opens_on=localdate(), closes_on=localdate(), by=owner)
    made.refresh_from_db()
    assert (made.name, made.closes_on, SolidarityProject.objects.count()) == ("Z", localdate(), 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        SolidarityProject.objects.update(closes_on=localdate() - datetime.timedelta(1))


@pytest.fixture
def basket(client, seller, chairs, index):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["pickup"]
    seller.save()
    item = ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise", price_cents=2_540)
    client.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    return client


def form(**changes):
    return {
        "name": "Camille Vasseur", "email": "camille@example.org", "phone": "", "address": "18 rue de la Libération",
        "postal_code": "47200", "city": "Marmande", "has_read": "on", "parcel_1": "pickup", "total": "2540",
        "operation": str(uuid.uuid4()),
    } | changes  # fmt: skip


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def test_nothing_is_preselected_and_nothing_is_asked_without_a_project(basket, client):
    assert "petit plus" not in main(basket.get("/commande/")).get_text()


@pytest.mark.page
def test_the_page_proposes_and_the_order_shows_it(basket, project):
    page = main(basket.get("/commande/"))
    assert [box["value"] for box in page.select("input[name=gift][checked]")] == [""]
    assert page.select_one("[data-rebond-round]").get_text() == "0,60\u00a0€"

    refused = basket.post("/commande/", form(gift="arrondi"), headers=HERE)  # no JavaScript: the total is the old one
    assert (refused.status_code, Order.objects.count()) == (422, 0)
    assert main(refused).select_one("input[name=total]")["value"] == "2600"
    assert [box["value"] for box in main(refused).select("input[name=gift][checked]")] == ["arrondi"]
    done = basket.post("/commande/", form(gift="arrondi", total="2600"), headers=HERE)

    order = Order.objects.get()
    assert (done.status_code, order.total_cents, order.round_up.cents) == (302, 2_600, 60)
    pay(order.payments.get())
    text = main(basket.get(order_path(order))).get_text(" ", strip=True)
    assert "0,60\u00a0€ pour «\u00a0Des outils pour apprendre\u00a0», de Jardin des Possibles." in text


@pytest.mark.page
def test_of_two_projects_one_is_chosen(basket, project, garden):
    other = SolidarityProject.objects.create(name="Autre", sentence="S.", receiver=garden, opens_on=localdate())
    refused = basket.post("/commande/", form(gift="200", total="2740"), headers=HERE)
    assert (refused.status_code, Order.objects.count()) == (422, 0)
    assert "Choisissez le projet qui reçoit votre don." in main(refused).select_one("#id_project .error").get_text()
    basket.post("/commande/", form(gift="200", total="2740", project=other.public_id), headers=HERE)
    assert (RoundUp.objects.get().project, RoundUp.objects.get().cents) == (other, 200)


@pytest.mark.page
@pytest.mark.parametrize("gift", ["-500", "99999", "x" * 50, "1e3"])
def test_an_amount_that_is_not_proposed_is_no_gift(basket, project, gift):
    assert basket.post("/commande/", form(gift=gift), headers=HERE).status_code == 422
    assert (Order.objects.count(), RoundUp.objects.count()) == (0, 0)


@pytest.mark.page
def test_the_desk_proposes_changes_and_shows_what_came(as_user, coordinator, garden, seller):
    client = as_user(coordinator)
    data = {"name": "Le four", "sentence": "Du pain.", "receiver": "552 100 554", "opens_on": str(localdate())}
    assert client.post(reverse("shop:project-create"), data | {"receiver": "Personne"}).status_code == 422
    once = {"operation": str(uuid.uuid4())}
    for _ in range(2):
        client.post(reverse("shop:project-create"), data | once)
    project = SolidarityProject.objects.get()
    paid(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), project=project, cents=500)
    text = main(client.get(reverse("shop:project-list"))).get_text(" ", strip=True)
    assert "Le four Jardin des Possibles" in text
    assert "5,00\u00a0€" in text
    path = reverse("shop:project-detail", args=[project.public_id])
    assert "Dû aujourd’hui 5,00\u00a0€" in main(client.get(path)).get_text(" ", strip=True)
    assert main(client.get(path)).select_one("input[name=opens_on]")["value"] == str(localdate())
    change = reverse("shop:project-change", args=[project.public_id])
    client.post(change, data | {"name": "Le grand four", "closes_on": str(localdate())})
    project.refresh_from_db()
    assert (project.name, project.receiver) == ("Le grand four", garden)
    assert Payout.objects.count() == 0


@pytest.mark.page
@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(as_user, coordinator, garden, n, django_assert_num_queries):
    for number in range(n):
        SolidarityProject.objects.create(name=f"P{number}", sentence="S", receiver=garden, opens_on=localdate())
    client = as_user(coordinator)
    client.get(reverse("shop:project-list"))
    with django_assert_num_queries(6):
        client.get(reverse("shop:project-list"))


@pytest.mark.page
def test_the_treasurer_reads_projects_and_does_not_change_them(as_user, operator, project):
    client = as_user(MembershipFactory(organisation=operator, role="finance").user)
    assert client.get(reverse("shop:project-detail", args=[project.public_id])).status_code == 200
    data = {"name": "Autre", "sentence": "X", "opens_on": str(localdate())}
    change = reverse("shop:project-change", args=[project.public_id])
    assert [client.post(path, data).status_code for path in (change, reverse("shop:project-create"))] == [403, 403]
    project.refresh_from_db()
    assert (project.name, SolidarityProject.objects.count()) == ("Des outils pour apprendre", 1)
