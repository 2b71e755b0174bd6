"""Invoices and credit notes: numbers without a gap whatever is killed, never changed, never more than the sale."""

import datetime
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.ledger import tasks
from rebond.ledger.actions.credit_note import issue_credit_note
from rebond.ledger.actions.invoice import ask_invoice, issue_by_number, issue_invoice, issue_waiting
from rebond.ledger.actions.invoice_writing import take_number
from rebond.ledger.actions.mandate import accept_mandate, end_mandate
from rebond.ledger.actions.refund import post_refund, refund_whole_sale
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.enums import SaleKind
from rebond.ledger.errors import InvoiceWaits, MandateInForce, NoMandate, UnknownSale
from rebond.ledger.invoicing import Party, Words, document_from, vat_number_of
from rebond.ledger.models import BilledSale, Invoice, InvoiceMandate, InvoiceRest, InvoiceSeries, InvoiceTax, Sale
from rebond.network.models import OrganisationAttribute
from rebond.shop.management.racing import _database_url
from tests.factories.invoices import BUYER, billed_sale, make_issuer
from tests.factories.ledger import refund_event, sale_event
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def this_year():
    return timezone.localdate().year


@pytest.fixture
def issuer(seller, operator, agreement, owner):
    return make_issuer(seller, operator, by=owner)


def numbers(seller):
    rows = Invoice.objects.filter(seller=seller).order_by("sequence")
    return list(rows.values_list("sequence", flat=True))


# --- what it says


def test_an_invoice_says_all_that_the_law_asks(issuer, operator):
    words = {"l0": Words(label="Chaise bistrot", code="CF-4K7 92T-X", before_cents=2_500)}
    sale = billed_sale(issuer, [2_000, 1_000], words=words, shipping_cents=490)

    invoice = issue_invoice(sale=sale)
    said = invoice.document

    assert (invoice.number, invoice.issued_on) == (f"CF-{this_year()}-000001", timezone.localdate())
    assert said.made_by == (
        "Facture établie par Rebond, la coopérative au nom et pour le compte de Les Ateliers du Confluent"
    )
    assert (said.seller.name, said.seller.siren, said.seller.vat_number, said.seller.address) == (
        "Les Ateliers du Confluent",
        "732829320",
        "FR44732829320",
        "3 rue du Port",
    )
    assert said.buyer == BUYER
    assert [(line.label, line.cents, line.net_cents, line.vat_bp) for line in said.lines] == [
        ("Chaise bistrot", 2_000, 1_667, 2_000),
        ("Objet 1", 1_000, 833, 2_000),
        ("Livraison", 490, 408, 2_000),
    ]
    assert (said.lines[0].before_cents, said.lines[0].reduction_net_cents) == (2_500, 416)
    assert (invoice.net_cents, invoice.vat_cents, invoice.total_cents) == (2_908, 582, 3_490)
    assert list(invoice.taxes.values_list("category", "vat_bp", "net_cents", "vat_cents")) == [("S", 2_000, 2_908, 582)]
    assert document_from(invoice.data) == said


@pytest.mark.parametrize(
    ("regime", "category", "mention", "vat_number"),
    [
        ("margin", "E", "Régime particulier – Biens d’occasion (article 297 A du CGI)", "FR44732829320"),
        ("franchise_293B", "E", "TVA non applicable, article 293 B du CGI", ""),
        ("exempt_261_7", "E", "Exonération de TVA, article 261, 7-1° b du CGI", ""),
        ("out_of_scope", "O", "Opération hors du champ d’application de la TVA", ""),
    ],
)
def test_no_vat_shows_under_the_other_regimes(
    seller, operator, agreement, owner, regime, category, mention, vat_number
):
    make_issuer(seller, operator, regime, by=owner)

    invoice = issue_invoice(sale=billed_sale(seller, [2_000], shipping_cents=490))

    assert (invoice.net_cents, invoice.vat_cents, invoice.regime) == (2_490, 0, regime)
    assert (invoice.document.mention, invoice.document.seller.vat_number) == (mention, vat_number)
    assert list(invoice.taxes.values_list("category", "vat_bp", "net_cents")) == [(category, 0, 2_490)]


def test_the_regime_is_the_one_of_the_day_of_payment(issuer, operator):
    sale = billed_sale(issuer)
    OrganisationAttribute.objects.filter(organisation=issuer).update(valid_to=sale.on)
    OrganisationAttribute.objects.create(
        organisation=issuer, kind="vat_regime", value="margin", valid_from=sale.on + datetime.timedelta(days=1)
    )

    assert issue_invoice(sale=sale, now=timezone.now() + datetime.timedelta(days=2)).regime == "standard"


def test_an_operator_that_sells_needs_no_mandate_and_says_so(operator):
    make_issuer(operator, operator, mandate=False)

    invoice = issue_invoice(sale=billed_sale(operator, operator=operator))

    assert (invoice.mandate, invoice.document.made_by) == (None, "")


def test_vat_number_of_a_siren():
    assert [vat_number_of(siren) for siren in ("732829320", "404833048", "", "12345678X")] == [
        "FR44732829320",
        "FR83404833048",
        "",
        "",
    ]


# --- once, and not before all is known


def test_it_is_asked_once_and_made_once(issuer):
    sale = billed_sale(issuer)
    other = Party(name="Quelqu’un d’autre")
    assert ask_invoice(sale_key=sale.key, buyer=other).buyer["name"] == BUYER.name

    first = issue_invoice(sale=sale)

    assert issue_invoice(sale=sale) == first
    assert issue_by_number(sale_id=sale.pk) == first.number
    assert Invoice.objects.count() == 1
    assert BilledSale.objects.get().is_invoiced


def test_a_private_persons_gift_makes_no_invoice(issuer):
    sale = post_sale(sale=sale_event(issuer, kind=SaleKind.GIVEN))
    assert ask_invoice(sale_key=sale.key, buyer=BUYER) is None
    assert not BilledSale.objects.exists()
    with pytest.raises(UnknownSale):
        issue_invoice(sale=sale)


def test_a_sale_that_is_not_in_the_books_is_refused(issuer):
    with pytest.raises(UnknownSale):
        ask_invoice(sale_key="nothing", buyer=BUYER)


def test_what_is_missing_is_said_and_the_invoice_comes_when_it_is_there(seller, operator, agreement, owner):
    sale = billed_sale(seller)

    assert issue_by_number(sale_id=sale.pk) == "no_mandate, no_regime, no_siren, no_address"
    with pytest.raises(InvoiceWaits):
        issue_invoice(sale=sale)
    assert BilledSale.objects.get().held == ["no_mandate", "no_regime", "no_siren", "no_address"]
    assert (Invoice.objects.count(), InvoiceSeries.objects.count()) == (0, 0)

    make_issuer(seller, operator, by=owner)
    assert issue_waiting() == 1
    assert issue_waiting() == 0
    assert BilledSale.objects.get().held == []
    assert numbers(seller) == [1]


def test_what_is_held_hides_nothing_that_waits_behind_it(seller, operator, agreement, monkeypatch):
    monkeypatch.setattr("rebond.ledger.actions.invoice.AT_ONCE", 1)
    held = [billed_sale(seller) for _n in range(2)]  # no mandate, and perhaps never one
    ready = billed_sale(operator, operator=operator)
    make_issuer(operator, operator, mandate=False)

    assert issue_waiting() == 1

    assert ready.billing.is_invoiced
    assert not any(sale.billing.is_invoiced for sale in held)


def test_a_mandate_asks_for_its_sellers_invoices_and_no_others(seller, operator, agreement, owner):
    operator.siren = "404833048"
    other, own = billed_sale(operator, operator=operator), billed_sale(seller)
    make_issuer(operator, operator, mandate=False)
    make_issuer(seller, operator, by=owner)
    asked = DBTaskResult.objects.get(task_path=tasks.issue_waiting_invoices.module_path)

    assert tasks.issue_waiting_invoices.call(*asked.args_kwargs["args"]) == 1

    assert list(Invoice.objects.values_list("sale_id", flat=True)) == [own.pk]
    assert tasks.issue_waiting_invoices.call() == 1
    assert Invoice.objects.filter(sale=other).exists()


def test_a_mandate_is_accepted_once_and_ends(issuer, operator, owner):
    mandate = InvoiceMandate.objects.get()
    assert (mandate.accepted_by, mandate.contest_days, mandate.version) == ("Olivia Owner", 15, 1)
    assert "pendant 15\u00a0jours" in mandate.text
    with pytest.raises(MandateInForce):
        accept_mandate(seller=issuer, operator=operator, by=owner)

    ended = end_mandate(seller=issuer, operator=operator, by=owner)

    assert ended.ended_by == "Olivia Owner"
    with pytest.raises(NoMandate):
        end_mandate(seller=issuer, operator=operator, by=owner)
    assert issue_by_number(sale_id=billed_sale(issuer).pk) == "no_mandate"


# --- credit notes


def test_each_refund_has_its_credit_note_and_they_add_up(issuer):
    sale = billed_sale(issuer, [1_001, 333], shipping_cents=100)
    invoice = issue_invoice(sale=sale)
    refunds = [post_refund(refund=refund_event(sale.key, {"l0": cents})) for cents in (1, 499, 1)]
    refunds.append(refund_whole_sale(sale_key=sale.key, key="rest", reason="Rétractation"))

    notes = [issue_credit_note(entry=entry) for entry in refunds]

    assert [note.number for note in notes] == [f"CF-{this_year()}-{n:06d}" for n in (2, 3, 4, 5)]
    assert {note.corrects for note in notes} == {invoice}
    assert [note.total_cents for note in notes] == [1, 499, 1, 933]
    assert sum(note.vat_cents for note in notes) == invoice.vat_cents == 239
    last = notes[-1].document
    assert (last.reason, last.corrects, last.corrects_on) == ("Rétractation", invoice.number, invoice.issued_on)
    assert [(line.key, line.cents) for line in last.lines] == [("l0", 500), ("l1", 333), ("shipping", 100)]
    rest = InvoiceRest.objects.get()
    assert (rest.credited_cents, rest.total_cents) == (1_434, 1_434)
    assert [issue_credit_note(entry=entry) for entry in refunds] == notes


def test_a_credit_note_waits_for_its_invoice(seller, operator, agreement, owner):
    sale = billed_sale(seller)
    entry = post_refund(refund=refund_event(sale.key, {"l0": 500}))
    assert issue_credit_note(entry=entry) is None

    make_issuer(seller, operator, by=owner)
    issue_invoice(sale=sale)

    assert issue_credit_note(entry=entry).total_cents == 500


def test_shipping_of_two_rates_comes_back_by_rate(seller, operator, agreement, owner):
    make_issuer(seller, operator, by=owner)
    event = sale_event(seller, [3_599, 450], shipping_cents=490)
    lines = (event.lines[0], type(event.lines[1])(key="l1", cents=450, label="Roman", category="books/novels"))
    sale = post_sale(sale=type(event)(**{n: getattr(event, n) for n in event.__slots__} | {"lines": lines}))
    ask_invoice(sale_key=sale.key, buyer=BUYER)
    invoice = issue_invoice(sale=sale)
    assert [(line.key, line.cents, line.vat_bp) for line in invoice.document.lines] == [
        ("l0", 3_599, 2_000),
        ("l1", 450, 550),
        ("shipping", 436, 2_000),
        ("shipping", 54, 550),
    ]

    notes = []
    for cents in (7, 100, 383):
        entry = post_refund(refund=refund_event(sale.key, shipping_cents=cents))
        notes.append(issue_credit_note(entry=entry))
    notes.append(issue_credit_note(entry=refund_whole_sale(sale_key=sale.key, key="all", reason="x")))

    for bp in (2_000, 550):
        back = InvoiceTax.objects.filter(invoice__in=notes, vat_bp=bp)
        tax = invoice.taxes.get(vat_bp=bp)
        assert sum(row.vat_cents for row in back) == tax.vat_cents
        assert sum(row.net_cents for row in back) == tax.net_cents


def test_an_entry_that_gave_nothing_back_has_no_credit_note(issuer):
    with pytest.raises(UnknownSale):
        issue_credit_note(entry=billed_sale(issuer).entry)


# --- numbers


def test_each_seller_and_year_has_its_own_numbers(issuer, operator):
    other = type(issuer).objects.create(
        name="Autre", slug="autre", kind="recycling_shop", letters="AU", siren="404833048"
    )
    make_issuer(other, operator)
    last_year = timezone.make_aware(datetime.datetime(this_year() - 1, 12, 31, 12))

    old = issue_invoice(sale=billed_sale(issuer), now=last_year)
    new = [issue_invoice(sale=billed_sale(seller)) for seller in (issuer, other, issuer)]

    assert old.number == f"CF-{this_year() - 1}-000001"
    assert [invoice.number for invoice in new] == [
        f"CF-{this_year()}-000001",
        f"AU-{this_year()}-000001",
        f"CF-{this_year()}-000002",
    ]


def test_numbers_follow_days(issuer):
    now = timezone.make_aware(datetime.datetime(2026, 5, 10, 12))
    first = issue_invoice(sale=billed_sale(issuer), now=now)
    late = issue_invoice(sale=billed_sale(issuer), now=now - datetime.timedelta(days=3))
    assert (first.issued_on, late.issued_on) == (datetime.date(2026, 5, 10), datetime.date(2026, 5, 10))


def refused():
    return pytest.raises(IntegrityError), transaction.atomic()


def copy_of(invoice, **changes):
    row = Invoice.objects.get(pk=invoice.pk)
    row.pk, row.public_id, row.entry = None, "z" * 12, None
    for name, value in ({"sequence": 2, "number": "X-2"} | changes).items():
        setattr(row, name, value)
    return row


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 3},
        {"sequence": 1},
        {"sequence": 0},
        {"number": "taken"},
        {"total_cents": 2_001},
        {"kind": "credit_note"},
        {"mandate": None},
    ],
)
def test_the_database_refuses_a_gap_and_what_cannot_be(issuer, changes):
    invoice = issue_invoice(sale=billed_sale(issuer))
    if "number" in changes:
        changes = {"number": invoice.number}
    raised, savepoint = refused()
    with raised, savepoint:
        copy_of(invoice, **changes).save(force_insert=True)
    copy_of(invoice).save(force_insert=True)  # the next number passes


@pytest.mark.parametrize(
    "harm",
    [
        lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(buyer_name="Autre"),
        lambda invoice: invoice.taxes.update(vat_cents=0),
        lambda invoice: InvoiceTax.objects.filter(invoice=invoice)._raw_delete("default"),
        lambda invoice: Invoice.objects.filter(pk=invoice.pk)._raw_delete("default"),
        lambda invoice: InvoiceTax.objects.create(invoice=invoice, category="S", vat_bp=550, net_cents=1, vat_cents=0),
        lambda invoice: InvoiceRest.objects.filter(pk=invoice.pk).update(credited_cents=2_001),
    ],
)
def test_the_database_refuses_to_change_an_invoice(issuer, harm):
    invoice = issue_invoice(sale=billed_sale(issuer))
    raised, savepoint = refused()
    with raised, savepoint:
        harm(invoice)


# --- at the same moment


@pytest.mark.django_db(transaction=True)
def test_invoices_at_once_leave_no_gap(issuer):
    sales = [billed_sale(issuer) for _ in range(6)]

    assert race([lambda sale=sale: issue_invoice(sale=sale) for sale in sales * 2]) == []

    assert numbers(issuer) == [1, 2, 3, 4, 5, 6]
    assert InvoiceSeries.objects.get().last == 6


@pytest.mark.django_db(transaction=True)
def test_credit_notes_at_once_never_pass_the_invoice(issuer):
    sale = billed_sale(issuer, [1_000])
    issue_invoice(sale=sale)
    entries = [post_refund(refund=refund_event(sale.key, {"l0": 250})) for _ in range(4)]

    assert race([lambda entry=entry: issue_credit_note(entry=entry) for entry in entries * 2]) == []

    notes = Invoice.objects.filter(kind="credit_note")
    assert (notes.count(), sum(note.vat_cents for note in notes)) == (4, 167)
    assert InvoiceRest.objects.get().credited_cents == 1_000
    assert numbers(issuer) == [1, 2, 3, 4, 5]


KILLED = """
import sys, django
django.setup()
from django.db import transaction
from django.utils import timezone
from rebond.ledger.actions.invoice_writing import take_number
from rebond.network.models import Organisation
with transaction.atomic():
    series, _day = take_number(seller=Organisation.objects.get(pk=int(sys.argv[1])), now=timezone.now())
    print(series.last, flush=True)
    sys.stdin.read()
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_number_and_invoice_leaves_no_gap(issuer):
    sales = [billed_sale(issuer) for _ in range(2)]
    issue_invoice(sale=sales[0])
    connection.close()
    environment = os.environ | {"DATABASE_URL": _database_url(), "DJANGO_SETTINGS_MODULE": "rebond.config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(issuer.pk)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "2\n"
        process.kill()

    assert issue_invoice(sale=sales[1]).sequence == 2
    assert numbers(issuer) == [1, 2]


def test_a_number_is_only_taken_inside_a_transaction(issuer):
    """What fails after the number gives it back."""
    sale = Sale.objects.get(pk=billed_sale(issuer).pk)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take_number(seller=issuer, now=timezone.now())
        1 / 0  # noqa: B018 -- any failure
    assert issue_invoice(sale=sale).sequence == 1
