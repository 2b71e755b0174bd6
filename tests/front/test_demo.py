"""A small demo in the database: rows as the actions would have written them, and a second run that changes nothing."""

import datetime
import io
import json
import random
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Sum
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.catalogue.actions.hold import state_of
from rebond.catalogue.data.safety import is_lifted
from rebond.catalogue.models import Collection, Hold, Item, Photo, PhotoAsset, PriceChange, Recall
from rebond.catalogue.queries.categories import safety_rules_of, tree
from rebond.catalogue.queries.prices import PricePoint, reference_price
from rebond.catalogue.validators import clean_attributes, safety_findings
from rebond.connect.models import ImportRun
from rebond.core.codes import parse_code
from rebond.core.dates import midnight
from rebond.core.db import remove
from rebond.core.images import close_pool
from rebond.core.images.store import rendition_name
from rebond.front.demo.decisions import make_decisions
from rebond.front.demo.recalls import make_recalls
from rebond.front.demo.run import NotDemo, check_is_demo, run_demo
from rebond.intake.models import Donation, Register, RegisterEntry
from rebond.intake.queries.register import lots_of
from rebond.intake.queries.register_check import check_all
from rebond.journal.models import Entry, OutgoingMail, Transition
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.guards import GUARDS
from rebond.ledger.models import (
    BilledSale,
    BilledService,
    Invoice,
    MoneyRequest,
    Payout,
    Sale,
    SupplierInvoice,
    TaxFile,
    TaxReturn,
)
from rebond.ledger.models import Entry as BookEntry
from rebond.ledger.queries.night import last_check
from rebond.ledger.queries.tax import held_for_tax
from rebond.network.enums import AdmissionState
from rebond.network.models import Admission, Agreement, Membership, Organisation
from rebond.network.queries.agreements import TASKS, scope_lines
from rebond.shop import guards as terms
from rebond.shop.models import (
    Alert,
    BankLine,
    BasketLine,
    Conversation,
    Favourite,
    Notice,
    Order,
    OrderLine,
    Payment,
    QualityDay,
    Rating,
    Refund,
    Repair,
    SellerOrder,
    Settlement,
)
from rebond.shop.queries.item_page import journey
from rebond.skills import guards as levels
from rebond.workshop.models import Station, Step
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.unit

SMALL = {"count": 60, "files": ((160, "webp"),), "sellers_limit": 12}
NOW = timezone.make_aware(datetime.datetime(2026, 11, 26, 10, 30))


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """One small demo for the whole module, taken away at its end."""
    with django_db_blocker.unblock():
        result = run_demo(now=NOW, **SMALL)
        yield result
        close_pool()
        # the books and published terms refuse to be emptied; flush puts the guards back
        remove(connection, [*GUARDS, *terms.GUARDS, *levels.GUARDS])
        call_command("flush", interactive=False, verbosity=0)
        (Path(settings.VAR_DIR) / "demo-pictures.json").unlink()


@pytest.fixture
def rows(demo, db):
    return demo


def test_run_demo_counts(rows):
    assert rows.items == Item.objects.count() == 60
    assert rows.sellers == 12
    assert Organisation.objects.selling().count() == 13  # one was admitted since
    assert rows.pictures == PhotoAsset.objects.count() > 50
    assert rows.more["collections"] == Collection.objects.count() >= 12


def test_the_registers_prove_themselves_and_leave_something_to_mend(rows):
    reports = list(check_all())
    assert reports
    assert [report.faults for report in reports] == [[]] * len(reports)
    for register in Register.objects.all():
        lines = RegisterEntry.objects.filter(organisation=register.organisation_id).order_by("number")
        days = list(lines.values_list("day", flat=True))
        assert days == sorted(days)
        assert {"person", "grouped", "abandoned"} <= set(lines.values_list("donor_kind", flat=True))
        last = Donation.objects.filter(organisation=register.organisation_id).order_by("day", "pk").last()
        assert not lots_of(last)


def test_run_demo_twice_adds_nothing(rows):
    before = [model.objects.count() for model in (Item, Photo, Entry, Transition, User, Organisation, PriceChange)]
    again = run_demo(now=NOW, **SMALL)
    assert again.created == 0
    after = [model.objects.count() for model in (Item, Photo, Entry, Transition, User, Organisation, PriceChange)]
    assert after == before


def test_run_demo_completes_what_is_missing(rows):
    last = Item.objects.order_by("pk").last()
    assert run_demo(now=NOW, **(SMALL | {"count": 61})).created == 1
    assert Item.objects.order_by("pk").last().pk > last.pk


def test_codes_are_right_and_carry_the_seller(rows):
    for item in Item.objects.select_related("seller"):
        assert parse_code(item.code) == item.code
        assert item.code.startswith(item.seller.letters)


def test_every_photo_has_its_files(rows):
    photos = Photo.objects.select_related("asset", "item")
    assert photos.count() > 60
    for photo in photos:
        assert default_storage.exists(rendition_name(photo.asset.sha256, 160, "webp"))
        assert photo.alt
        if photo.position == 0:
            assert (photo.item.cover, photo.item.cover_color) == (photo.asset.sha256, photo.asset.color)
    wrong = Item.objects.annotate(n=Count("photos")).exclude(n=F("photo_count"))
    assert list(wrong) == []


def test_items_obey_the_rules_of_the_actions(rows):
    for item in Item.objects.select_related("category").prefetch_related("flaws", "prices"):
        known = tree().attributes(item.category)
        assert clean_attributes(known, item.attributes) == item.attributes
        missing = [a.key for a in known if a.is_required and item.attributes.get(a.key) in {None, ""}]
        assert missing == [], item.title
        if item.state == "on_sale":
            found = safety_findings(
                rules=safety_rules_of(item.category),
                title=item.title,
                text=f"{item.brand}\n{item.description}",
                attributes=item.attributes,
                condition=item.condition,
            )
            assert [rule.key for rule in found if not is_lifted(rule, item.attributes, item.condition)] == [], (
                item.title
            )
            is_kept = BasketLine.objects.held().filter(item=item).exists()  # by an order that is paid later
            assert item.quantity - item.reserved >= (0 if is_kept else 1)
        if item.state == "sold":
            assert item.quantity == item.reserved > 0
            assert item.sold_at > item.published_at


def test_prices_follow_the_thirty_days(rows):
    for item in Item.objects.prefetch_related("prices"):
        points = [PricePoint(row.at, row.price_cents) for row in item.prices.order_by("at", "pk")]
        assert points[-1].price_cents == item.price_cents
        if item.published_at is not None and points[-1].at > NOW - datetime.timedelta(days=29):
            assert item.previous_price_cents == reference_price(points, since=item.published_at)
        elif item.published_at is None:
            assert item.previous_price_cents is None


def test_history_tells_every_item(rows):
    for item in Item.objects.all():
        actions = list(Entry.objects.filter(subject_id=item.code).order_by("at", "pk").values_list("action", flat=True))
        assert actions[0] == "catalogue.item.created"
        assert ("catalogue.item.published" in actions) == (item.published_at is not None)
        last = Transition.objects.filter(subject_id=item.code).order_by("at", "pk").last()
        assert (last.to_state if last else "draft") == item.state


def test_candidatures_are_in_every_state(rows):
    assert set(Admission.objects.values_list("state", flat=True)) == set(AdmissionState.values)
    assert {run.state for run in ImportRun.objects.all()} == {"uploaded", "tried", "undone"}
    assert ImportRun.objects.get(state="tried").created > 3
    assert ImportRun.objects.get(state="undone").created == 3


def test_buyers_keep_follow_and_report(rows):
    assert rows.more["favourites"] == Favourite.objects.count() > 3
    assert Favourite.objects.filter(item__state="sold").exists()
    assert set(Alert.objects.values_list("state", flat=True)) == {"active", "pending"}
    assert rows.more["notices"] == Notice.objects.count()
    assert not OutgoingMail.objects.filter(state="queued", created_at__lt=NOW - datetime.timedelta(hours=1)).exists()
    assert Notice.objects.filter(state="received").count() > 2


def test_decisions_follow_what_was_on_sale(rows):
    assert rows.more["decisions"] == Hold.objects.count()
    assert not Hold.objects.filter(lifted_at=None, item__state="on_sale").exists()


def test_decisions_stand_are_contested_and_lifted(rows):
    Hold.objects.all().delete()
    Item.objects.on_sale().update(photo_count=0)
    operator = OrganisationFactory(kind="operator")
    moderator, owner = MembershipFactory(organisation=operator, role="moderator"), MembershipFactory(role="seller")
    for leaf in ("soft-toys", "handbags", "radios"):
        long_ago = NOW - datetime.timedelta(days=60)
        item = ItemFactory(on_sale=True, seller=owner.organisation, category=tree().by_key[leaf], published_at=long_ago)
        Item.objects.filter(pk=item.pk).update(photo_count=1, updated_at=long_ago)

    for _run in range(2):
        made = make_decisions(random.Random(1), SimpleNamespace(operator=operator), NOW)

    assert made == 3
    assert sorted(state_of(hold) for hold in Hold.objects.all()) == ["lifted", "open", "received"]
    assert {hold.placed_by for hold in Hold.objects.all()} == {moderator.user.display_name}
    assert not Hold.objects.filter(lifted_at=None, item__state="on_sale").exists()


def test_the_list_of_recalls_is_made_once(db):
    operator = OrganisationFactory(kind="operator")
    MembershipFactory(organisation=operator, role="coordinator")
    for _run in range(2):
        assert make_recalls(random.Random(1), SimpleNamespace(operator=operator), NOW) == 3
    assert [row.is_in_force for row in Recall.objects.order_by("pk")] == [True, True, False]
    assert all(row.created_at < NOW for row in Recall.objects.all())


def test_life_is_dated_back(rows):
    today = timezone.localdate()
    dated = Entry.objects.filter(action="network.admission.submitted").values_list("at", flat=True)
    assert len(dated) == 10
    assert all(timezone.localdate(at) < today for at in dated)


def test_people_can_be_chosen(rows):
    people = User.objects.exclude(demo_role="")
    assert people.count() >= 15
    assert all(user.email.endswith("@exemple.rebond.localhost") for user in people if user.email)
    assert all(user.workers.exists() for user in people if not user.email)  # they come in by badge
    roles = set(Membership.objects.filter(user__in=people).values_list("role", flat=True))
    operator = {"coordinator", "catalogue_manager", "committee", "moderator", "finance"}
    assert roles == {"manager", "seller", "reader", "supervisor", "counsellor", "worker"} | operator


def test_the_chain_is_at_work_and_keeps_no_hour_of_companions(rows):
    steps = Step.objects.filter(kind="workshop.write")
    assert steps.count() > 3
    assert steps.exclude(status="companion").filter(started_at__isnull=True).count() == 0
    assert not Step.objects.filter(status="companion", started_at__isnull=False).exists()
    assert set(Station.objects.values_list("kind", flat=True)) >= {"dock", "photo", "shelves"}
    item = Item.objects.get(code=steps.filter(worker__is_name_public=True).first().subject_id)
    assert any("Awa" in step.title or "Karim" in step.title or "Inès" in step.title for step in journey(item))


def test_agreements_are_of_the_four_kinds(rows):
    assert set(Agreement.objects.values_list("kind", flat=True)) == {"integrated", "brick", "franchise", "tutored"}


def test_demo_refuses_a_database_of_others(db):
    User.objects.exclude(demo_role="").update(demo_role="")
    OrganisationFactory(name="Une vraie structure", slug="une-vraie-structure")
    with pytest.raises(NotDemo):
        check_is_demo()
    with pytest.raises(CommandError, match="nothing was touched"):
        call_command("demo", items=10)


def test_command_refuses_no_items(db):
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("demo", items=0)


def test_command_says_what_it_made(rows, monkeypatch):
    monkeypatch.setattr("rebond.front.management.commands.demo.run_demo", lambda **_options: rows)
    monkeypatch.setattr("rebond.front.management.commands.demo.call_command", lambda *_args, **_options: None)
    out = io.StringIO()
    call_command("demo", items=60, as_json=True, stdout=out)
    facts = json.loads(out.getvalue())
    assert (facts["sellers"], facts["items"]) == (12, 60)


def test_every_agreement_says_who_does_each_task(rows):
    keys = {key for key, _label, _icon in TASKS}
    agreements = Agreement.objects.all()
    assert agreements
    for agreement in agreements:
        assert set(agreement.scope) == keys
        assert all(line["party"] for line in scope_lines(agreement.scope))


def test_orders_are_in_the_state_of_their_age(rows):
    """What is sold was ordered and paid; the last days are still to prepare or on their way; few refunds."""
    parts = SellerOrder.objects.filter(order__state="paid").exclude(state="cancelled").select_related("order")
    assert SellerOrder.objects.filter(order__state="paid").count() == Sale.objects.count()
    assert 0 < Order.objects.filter(state="paid", gift_card=None).count() <= Sale.objects.count()  # some are of two
    sold = set(Item.objects.filter(state="sold").values_list("pk", flat=True))
    assert set(OrderLine.objects.filter(state="sold").values_list("item", flat=True)) <= sold
    assert not OrderLine.objects.filter(state="placed", item__in=sold).exists()  # of orders that nobody paid
    for part in parts:
        age = (NOW - part.created_at).days
        assert part.state in ({"delivered", ""} if age > 5 else {"to_prepare", "shipped", "ready", "delivered"})
    assert Refund.objects.filter(reason="withdrawn").count() * 100 < 3 * max(parts.count(), 34)
    assert not Refund.objects.exclude(state="made").exists()
    assert not DBTaskResult.objects.filter(task_path__endswith="make_refund", status="READY").exists()


def test_buyers_wrote_and_each_way_to_decide_is_there(rows):
    assert Conversation.objects.filter(reason="question").exists()
    assert set(Settlement.objects.values_list("outcome", flat=True)) >= {"repair", "gesture"}
    assert set(Repair.objects.values_list("state", flat=True)) == {"here"}


def test_opinions_are_of_deliveries_and_figures_are_written(rows):
    """Each answer is of a delivered order, after it; the sums are those of the opinions."""
    assert rows.more["opinions"] == Rating.objects.count()
    for rating in Rating.objects.select_related("part"):
        assert rating.part.delivered_at < rating.answered_at <= NOW
        assert rating.seller_id == rating.part.seller_id
    written = QualityDay.objects.aggregate(answers=Sum("answers"), notes=Sum("score_sum"))
    finished = Rating.objects.filter(answered_at__lt=midnight(timezone.localdate(NOW)))
    told = finished.aggregate(answers=Count("pk"), notes=Sum("score"))
    assert (written["answers"] or 0, written["notes"]) == (told["answers"], told["notes"])


def test_the_books_are_right_and_sellers_were_paid(rows):
    assert check_ledger().is_right
    assert 1 < rows.more["books"] < Sale.objects.count()  # then come the orders of the week
    assert last_check().result["ok"] is True
    assert set(BookEntry.objects.values_list("subject_kind", flat=True)) >= {"shop.sellerorder", "shop.payment"}
    assert BookEntry.objects.filter(at__gt=NOW).count() == 0
    assert Payout.objects.filter(state="paid").count() == 0  # no provider is set in tests


def test_payments_by_card_transfer_and_at_the_counter_are_there(rows):
    """Each by the shop's own actions: the books know them (see the check of the ledger below)."""
    paid = Counter(Payment.objects.filter(state="paid").values_list("provider", flat=True))
    assert paid["transfer"] == paid["collection"] == 1
    assert paid["test"] > 2
    assert paid.total() == Order.objects.filter(state="paid").count()
    waiting = Payment.objects.filter(state="started", order__pay_by__gt=NOW).exclude(provider="test")
    assert sorted(waiting.values_list("provider", flat=True)) == ["collection", "transfer", "transfer"]
    lines = {line.text[:20]: line for line in BankLine.objects.all()}
    assert sorted(line.state for line in lines.values()) == ["asked", "ignored", "open", "open", "used"]
    assert {line.booked_on <= timezone.localdate(NOW) for line in lines.values()} == {True}
    used = BankLine.objects.get(state="used")
    assert (used.payment.state, used.payment.amount_cents) == ("paid", used.cents)
    assert used.payment.order.organisation.slug == "l-ecole-du-rebond"
    order = Invoice.objects.filter(sale__key__in=used.payment.order.parts.values("public_id"))
    assert [invoice.document.buyer.name for invoice in order] == ["L’École du rebond"] * order.count()
    assert order.count() > 0


def test_tax_data_are_given_but_of_one_seller_whose_payouts_wait(rows):
    untold = TaxFile.objects.get(given_at=None)
    assert untold.reminded_again_at is not None
    assert held_for_tax([untold.organisation_id], timezone.localdate(NOW)) == {untold.organisation_id}
    assert TaxFile.objects.filter(given_at__isnull=False).count() > 1
    made = TaxReturn.objects.get()
    assert (made.year, timezone.localdate(made.made_at).year) == (NOW.year - 1, NOW.year)


def test_suppliers_sent_a_paper_and_files(rows):
    told = SupplierInvoice.objects.order_by("issued_on").values_list("content_type", "adds_up", "total")
    assert {kind for kind, _adds, _total in told} == {"application/pdf", "application/xml"}
    assert [adds for _kind, adds, _total in told].count(False) == 1
    assert SupplierInvoice.objects.filter(data__totals__due="0.00").count() == 1


def test_the_operator_billed_a_service_and_asks_for_another(rows):
    service = BilledService.objects.get()
    assert (service.paid_how, service.cents, service.invoices.count()) == ("netted", 4_800, 1)
    asked = MoneyRequest.objects.get(state="asked")
    assert (asked.act, asked.cents, asked.asked_at < NOW) == ("ledger.service.bill", 72_000, True)
    assert MoneyRequest.objects.get(alone="limit").cents == 4_800


def test_nothing_of_the_past_is_left_to_the_worker(rows):
    ways = ("write_order_mail", "write_pay_later_mail", "write_part_mail", "send_dispute_answer", "ask_invoices")
    names = [f"rebond.shop.tasks.{name}" for name in ways]
    assert not DBTaskResult.objects.filter(task_path__in=names, status="READY").exists()


def test_recent_sales_are_invoiced_but_of_the_seller_who_has_not_accepted(rows):
    assert rows.more["invoices"] == Invoice.objects.filter(service=None).count()
    assert Invoice.objects.filter(issued_at__gt=NOW).count() == 0
    for billing in BilledSale.objects.filter(is_invoiced=False):
        assert billing.held == ["no_mandate"]
    assert (
        BilledSale.objects.filter(is_invoiced=True).count()
        == Invoice.objects.filter(kind="invoice", service=None).count()
    )
