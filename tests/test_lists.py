"""Every list of the desk is a spreadsheet too: same rights, same rows, a link on the page."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.models import Collection, Recall
from rebond.connect.actions.uploads import upload_import
from rebond.intake.actions.register_keep import switch_register
from rebond.journal.models import OutgoingMail
from rebond.journal.tasks import send_mail
from rebond.ledger.actions.invoice import issue_invoice
from rebond.ledger.actions.legal_rate import ask_rate
from rebond.ledger.actions.rule import set_rule as set_fee_rule
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.actions.supplier import add_supplier_invoice
from rebond.ledger.actions.supplier_payment import ask_batch
from rebond.ledger.models import Payout
from rebond.network.models import Admission, Agreement
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.gesture import give_gesture
from rebond.shop.actions.notice import create_notice
from rebond.shop.actions.trial import contest_payment
from rebond.shop.actions.voucher_desk import Terms, create_voucher
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import BankLine, OrderLine, Payment, Rating, Reconciliation, StrayParcel
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.actions.count import open_count
from rebond.warehouse.actions.markdown import set_rule
from rebond.warehouse.actions.transport import plan_transport
from rebond.warehouse.models import Markdown, Round, StockOut, Wave
from rebond.workshop.kinds import all_kinds
from tests.factories.catalogue import ItemFactory
from tests.factories.connect import line, template
from tests.factories.gift_cards import sold_card
from tests.factories.hosting import hosted
from tests.factories.insertion import contract_of, exit_of
from tests.factories.intake import DonationFactory
from tests.factories.invoices import SUPPLIER_XML, billed_sale, make_issuer, with_iban
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.people import person_of
from tests.factories.services import bill_for_page
from tests.factories.shop import paid_order
from tests.factories.skills import given_badge
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import StationFactory, TaskFactory, WorkerFactory
from tests.samples_carriers import give_to_carrier
from tests.samples_extras import project_of
from tests.samples_money import waiting_request
from tests.walking import addresses

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIVE = {"workshop-desk:call-list"}  # who asks for help at this moment: nothing is kept of it, so nothing is given
LISTS = sorted({a.name for a in addresses() if a.name.endswith("-list") and "bureau/" in a.route} - LIVE)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(name, seller):
    return reverse(name, args=[seller.public_id] if name == "network:member-list" else [])


def rows_of(answer):
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return text[1:].split("\r\n")[:-1]


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia Supervision").user


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def everything(seller, owner, categories, operator, settings, counsellor):
    """One row in each list at least."""
    item = ItemFactory(on_sale=True, seller=seller, title="Chaise paillée")
    item.holds.create(ground="law", statement="Interdit.", placed_by="Cora")
    create_notice(item=item, reason="dangerous", explanation="Il est fendu.", name="Léa", email="lea@example.org")
    upload_import(seller=seller, upload=template(line("A1")), by=owner)
    Agreement.objects.create(
        organisation=seller, operator=operator, kind="brick", starts_on=timezone.localdate(), commission_bp=1250
    )
    Admission.objects.create(
        name="Cimes", email="c@example.org", grid_version=1, state="submitted", submitted_at=timezone.now()
    )
    Collection.objects.create(title="L’été", slug="l-ete")
    facts = {"label": "Quilles", "risk": "Elles cassent.", "source": "network", "created_by": "Cora"}
    Recall.objects.create(gtin="03017800238592", **facts)
    order = paid_order(ItemFactory(seller=seller, on_sale=True))
    lines = OrderLine.objects.filter(part__order=order).values_list("pk", flat=True)
    declare_withdrawal(order=order, said=Declaration(set(lines), "Ana", "ana@example.org", order.operation))
    StrayParcel.objects.create(seller=seller, noted_by="Ana", noted_on=timezone.localdate())
    give_gesture(part=order.parts.get(), cents=100, words="Pardon.", by=owner, operation=order.operation)
    write_to_seller(
        part=order.parts.get(), reason="other", line=None, written=Written("Ah", order.operation), name="Ana"
    )
    Rating.objects.create(part=order.parts.get(), seller=seller, score=9, experienced_on=timezone.localdate())
    OutgoingMail.objects.create(
        kind="x", to="a@example.org", subject="=1+1", text="x", organisation_id=seller.public_id
    )
    station = StationFactory(site__organisation=seller)
    DonationFactory(site=station.site)
    kind = next(kind.code for kind in all_kinds() if kind.has_queue)
    TaskFactory(site=station.site, kind=kind)
    WorkerFactory(organisation=seller)
    PlaceFactory(site=station.site)
    parcel = ParcelFactory(site=station.site)
    days = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    create_voucher(seller=seller, terms=Terms(name="Bienvenue", amount_cents=500, uses_max=9, **days), by=owner)
    add_carton(site=station.site, kind=Kind("M", 400, 300, 250), number=3, by=owner)
    missed = PickLineFactory(parcel=parcel, state="missing")
    facts = {"item": missed.item, "site": parcel.site, "organisation": seller, "missed_on": timezone.localdate()}
    StockOut.objects.create(line=missed, reason="missing", **facts)
    wave = Wave.objects.create(organisation=seller, site=station.site, leave_by=parcel.leave_by, slots=8)
    Round.objects.create(wave=wave, number=1, length_cm=100, alone_cm=100)
    switch_register(organisation=seller, is_on=True, by=owner)
    shelf = PlaceFactory(site=SiteFactory(organisation=seller, name="L’entrepôt", is_main=False))
    open_count(place=shelf, by=owner)
    shop = SiteFactory(organisation=seller, name="Le magasin", is_main=False)
    hosted(OrganisationFactory(admitted=True), shelf.site)
    plan_transport(from_site=shelf.site, to_site=shop, planned_on=timezone.localdate(), by=owner)
    rule = set_rule(organisation=seller, category=None, agreed_with="Lucie", agreed_on=timezone.localdate(), by=owner)
    Markdown.objects.create(
        rule=rule, item=item, item_code=item.code, title=item.title, kind="cut", number=1, old_cents=900, new_cents=800
    )
    account = post_sale(sale=sale_event(seller)).lines.get().account
    Payout.objects.create(account=account, cents=100, asked_on=rule.agreed_on)
    set_fee_rule(operator=operator, fields={"name": "R", "part": "listing", "valid_from": rule.agreed_on}, by=None)
    bill = add_supplier_invoice(organisation=operator, name="g.xml", content=with_iban(), by=owner)
    settings.PAYER_IBAN, settings.PAYER_NAME = "FR1420041010050500013M02606", "Rebond"
    ask_batch(organisation=operator, invoices=[bill], execute_on=timezone.localdate(), by=owner)
    ask_rate(organisation=operator, starts_on=datetime.date(2020, 1, 1), basis_points=315, source="Arrêté", by=owner)
    waiting_request(seller)
    bill_for_page(operator)
    make_issuer(seller, operator)
    issue_invoice(sale=billed_sale(seller))
    Reconciliation.objects.create(provider="test", day=timezone.localdate())
    BankLine.objects.create(key="essai", booked_on=timezone.localdate(), cents=1_000)
    add_supplier_invoice(organisation=seller, name="f.xml", content=SUPPLIER_XML, by=owner)
    contest_payment(payment=Payment.objects.filter(state="paid").first())
    project_of(None)
    sold_card(operator)
    give_to_carrier(seller, station.site)
    given_badge(seller)
    contract_of(person_of(seller))
    exit_of(seller, by=counsellor)
    send_mail.enqueue(1)
    DBTaskResult.objects.update(status="FAILED", traceback="ValueError: no", worker_ids=["a"])


def who_may(name, cast, as_user, seller):
    for user in cast:
        if (answer := as_user(user).get(address(name, seller))).status_code == 200:
            return user, answer
    raise AssertionError(f"nobody of the cast sees {name}")


@pytest.mark.parametrize("name", LISTS)
def test_list_is_a_spreadsheet_too(
    name,
    everything,
    as_user,
    seller,
    owner,
    coordinator,
    catalogue_manager,
    moderator,
    treasurer,
    supervisor,
    counsellor,
):
    cast = [owner, coordinator, catalogue_manager, moderator, treasurer, supervisor, counsellor]
    user, shown = who_may(name, cast, as_user, seller)
    path = address(name, seller)

    csv, xlsx = (as_user(user).get(f"{path}?export={kind}") for kind in ("csv", "xlsx"))

    assert 'export=csv"' in shown.text
    assert (csv.status_code, csv["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert len(rows_of(csv)) > 1
    assert xlsx["Content-Type"] == XLSX
    b"".join(xlsx)
    assert "no-store" in csv["Cache-Control"]


def test_nul_among_the_words_of_a_list_breaks_none(as_user, seller, treasurer):
    """PostgreSQL refuses it in any text."""
    client = as_user(treasurer)
    names = [name for name in LISTS if name.startswith(("ledger:", "shop:"))]
    codes = {name: client.get(address(name, seller) + "?q=%00a").status_code for name in names}
    assert set(codes.values()) <= {200, 403, 404}
    assert sum(code == 200 for code in codes.values()) > 12
    end = client.post("/bureau/cartes-cadeaux/emetteur/fin/", {"issuer": "a\x00b"})
    assert end.status_code == 302


@pytest.mark.parametrize("name", LISTS)
def test_who_does_not_see_a_list_gets_no_spreadsheet(name, as_user, seller, reader):
    path = address(name, seller)
    shown, given = as_user(reader).get(path), as_user(reader).get(f"{path}?export=csv")

    assert as_user(None).get(f"{path}?export=csv").status_code == 302
    assert given.status_code == shown.status_code


def test_spreadsheet_keeps_the_filters_and_defuses_formulas(everything, as_user, coordinator):
    client = as_user(coordinator)

    found = rows_of(client.get("/bureau/courrier/?q=example&export=csv"))
    none = rows_of(client.get("/bureau/courrier/?q=nothing&export=csv"))

    assert "'=1+1" in next(row for row in found if ";a@example.org;" in row)
    assert len(none) == 1


def test_members_of_another_organisation_stay_unknown(as_user, seller, owner, stranger):
    assert as_user(stranger).get(f"/bureau/organisations/{seller.public_id}/membres/?export=csv").status_code == 404

    rows = rows_of(as_user(owner).get(f"/bureau/organisations/{seller.public_id}/membres/?export=csv"))

    assert [row.split(";")[0] for row in rows] == ["Nom", "Olivia Owner"]


def test_spreadsheet_speaks_the_language_of_the_page(as_user, seller, owner):
    path = f"/bureau/organisations/{seller.public_id}/membres/?export=csv"

    french, english = (rows_of(as_user(owner).get(f"{path}&langue={code}")) for code in ("fr", "en"))

    assert french[1].split(";")[2] == "Responsable"
    assert english[1].split(";")[2] == "Manager"
