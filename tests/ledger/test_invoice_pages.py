"""Invoices at the desk: own ones, those of the books kept, the mandate, what a seller contests; strangers see nothing."""

import datetime

import pytest
from django.utils import timezone

from rebond.core.money import format_cents
from rebond.ledger.actions.contest import answer_contest, contest_invoice
from rebond.ledger.actions.credit_note import issue_credit_note
from rebond.ledger.actions.invoice import issue_by_number, issue_invoice
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.errors import ContestTooLate, NeedsReason, WrongState
from rebond.ledger.models import Invoice, InvoiceContest, InvoiceMandate, InvoiceRest
from rebond.ledger.queries.invoice_paper import invoice_paper
from rebond.network.models import OrganisationAttribute
from tests.factories.invoices import BUYER, billed_sale, make_issuer
from tests.factories.ledger import refund_event

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST, ALL, MANDATE = "/bureau/factures/", "/bureau/finances/factures/", "/bureau/factures/mandat/"


@pytest.fixture
def issuer(seller, operator, agreement, owner):
    return make_issuer(seller, operator, by=owner)


@pytest.fixture
def invoice(issuer):
    return issue_invoice(sale=billed_sale(issuer, [2_000, 1_000], shipping_cents=490))


def test_a_seller_sees_its_papers_and_downloads_one(as_user, colleague, invoice):
    client = as_user(colleague)

    shown = client.get(LIST).content.decode()
    assert invoice.number in shown
    assert BUYER.name in shown
    detail = client.get(f"{LIST}{invoice.public_id}/").content.decode()
    assert "Facture établie par Rebond" in detail
    paper = client.get(f"{LIST}{invoice.public_id}/pdf/")
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")


def test_a_stranger_sees_nothing(as_user, stranger, invoice):
    client = as_user(stranger)
    assert invoice.number not in client.get(LIST).content.decode()
    for path in ("", "pdf/"):
        assert client.get(f"{LIST}{invoice.public_id}/{path}").status_code == 404
    assert client.post(f"{LIST}{invoice.public_id}/contestation/", {"reason": "x"}).status_code == 404
    assert client.get(ALL).status_code == 403
    assert not InvoiceContest.objects.exists()


def test_the_treasurer_sees_all_sellers(as_user, treasurer, invoice):
    client = as_user(treasurer)
    assert invoice.number in client.get(ALL).content.decode()
    assert client.get(f"{LIST}{invoice.public_id}/").status_code == 200


def test_filters_by_kind_words_and_month(as_user, colleague, invoice):
    note = issue_credit_note(entry=post_refund(refund=refund_event(invoice.sale.key, {"l0": 500})))
    client = as_user(colleague)

    def numbers(query):
        page = client.get(f"{LIST}?{query}").content.decode()
        return [row.number for row in (invoice, note) if f">{row.number}</a>" in page]

    assert numbers("") == [invoice.number, note.number]
    assert numbers("genre=credit_note") == [note.number]
    assert numbers("q=acheteuse") == [invoice.number, note.number]
    assert numbers(f"q={note.number.lower()}") == [note.number]
    assert numbers("q=personne") == []
    assert numbers(f"mois={invoice.issued_on:%Y-%m}") == [invoice.number, note.number]
    assert numbers("mois=1999-01") == []
    assert numbers("mois=1999-99") == [invoice.number, note.number]


def test_the_list_goes_by_keys_and_asks_the_same_queries(
    as_user, colleague, issuer, django_assert_num_queries, monkeypatch
):
    from rebond.ledger.web.views import invoices as views

    client = as_user(colleague)
    made = [issue_invoice(sale=billed_sale(issuer)) for _ in range(3)]
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)
    with django_assert_num_queries(7):
        client.get(f"{LIST}?q={made[0].number}")
    monkeypatch.setattr(views, "PER_PAGE", 2)
    first = client.get(LIST).content.decode()
    assert f"avant={made[1].pk}" in first
    second = client.get(f"{LIST}?avant={made[1].pk}").content.decode()
    assert made[0].number in second
    assert made[1].number not in second


def test_downloads_as_a_table(as_user, colleague, invoice):
    note = issue_credit_note(entry=post_refund(refund=refund_event(invoice.sale.key, {"l0": 500})))
    lines = b"".join(as_user(colleague).get(f"{LIST}?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[0] == note.number
    assert lines[1].endswith("-5,00")
    assert lines[2].endswith("34,90")


# --- the mandate


def test_what_waits_is_said_and_the_mandate_lets_it_go(as_user, owner, colleague, seller, operator, agreement):
    make_issuer(seller, operator, mandate=False)
    sale = billed_sale(seller)
    assert issue_by_number(sale_id=sale.pk) == "no_mandate"
    assert "mandat de facturation n’est pas accepté" in as_user(colleague).get(LIST).content.decode()
    page = as_user(owner).get(MANDATE).content.decode()
    assert "Rebond, la coopérative établit chaque facture" in page

    assert as_user(colleague).post(f"{MANDATE}accord/").status_code == 403
    assert not InvoiceMandate.objects.exists()
    as_user(owner).post(f"{MANDATE}accord/")

    mandate = InvoiceMandate.objects.get()
    assert (mandate.seller, mandate.operator, mandate.accepted_by) == (seller, operator, "Olivia Owner")
    assert "Accepté par Olivia Owner" in as_user(colleague).get(MANDATE).content.decode()
    as_user(owner).post(f"{MANDATE}accord/")  # sent twice: one mandate
    as_user(owner).post(f"{MANDATE}accord/", {"end": "1"})
    assert InvoiceMandate.objects.get().ended_by == "Olivia Owner"
    assert "Mandats terminés" in as_user(owner).get(MANDATE).content.decode()


# --- contested


def test_a_seller_contests_and_the_treasurer_corrects(as_user, colleague, treasurer, issuer, invoice):
    post_refund(refund=refund_event(invoice.sale.key, {"l0": 500}))
    issue_credit_note(entry=invoice.sale.entry.__class__.objects.get(kind="refund"))
    url = f"{LIST}{invoice.public_id}/"
    assert as_user(colleague).post(f"{url}contestation/", {"reason": ""}).status_code == 422
    as_user(colleague).post(f"{url}contestation/", {"reason": "Nous sommes au régime de la marge"})
    assert as_user(colleague).post(f"{url}reponse/", {"answer": "x", "is_upheld": "True"}).status_code == 403
    assert "régime de la marge" in as_user(treasurer).get(ALL).content.decode()

    OrganisationAttribute.objects.filter(organisation=issuer).update(value="margin")
    as_user(treasurer).post(f"{url}reponse/", {"answer": "C’est juste.", "is_upheld": "True"})

    new = Invoice.objects.get(replaces=invoice)
    assert (new.regime, new.total_cents, new.vat_cents) == ("margin", 2_990, 0)
    notes = invoice.credit_notes.order_by("pk")
    assert [note.total_cents for note in notes] == [500, 2_990]
    assert sum(note.vat_cents for note in notes) == invoice.vat_cents
    assert InvoiceRest.objects.get(invoice=invoice).credited_cents == 3_490
    assert "Remplacée par" in as_user(colleague).get(url).content.decode()
    later = issue_credit_note(entry=post_refund(refund=refund_event(invoice.sale.key, {"l1": 1_000})))
    assert (later.corrects, later.vat_cents) == (new, 0)


def test_the_credit_note_of_a_corrected_invoice_says_that_nothing_is_given_back(invoice, colleague, treasurer):
    """Its buyer reads it too: no money moved, and the day of payment is the order's."""
    post_refund(refund=refund_event(invoice.sale.key, {"l0": 500}))
    refund = issue_credit_note(entry=invoice.sale.entry.__class__.objects.get(kind="refund"))
    contest = contest_invoice(invoice=invoice, reason="Régime", by=colleague)
    answer_contest(contest=contest, is_upheld=True, answer="C’est juste.", by=treasurer)

    note = Invoice.objects.get(corrects=invoice, entry=None)
    said = invoice_paper(Invoice.objects.get(pk=note.pk).document)

    assert said["total"] == ["Total annulé", format_cents(2_990)]
    assert said["paid"] == (
        f"Annule la facture {invoice.number}, qu’une nouvelle remplace : aucune somme n’est remboursée."
    )
    assert "payée le" in said["facts"][1]
    assert not any("emboursé" in words for words in (*said["facts"], said["total"][0]))
    assert note.document.paid_on == invoice.document.paid_on
    assert invoice_paper(refund.document)["total"][0] == "Total remboursé"


def test_a_contest_may_be_answered_no(invoice, colleague, treasurer):
    contest = contest_invoice(invoice=invoice, reason="Trop cher", by=colleague)
    with pytest.raises(WrongState):
        contest_invoice(invoice=invoice, reason="Encore", by=colleague)
    with pytest.raises(NeedsReason):
        answer_contest(contest=contest, is_upheld=False, answer=" ", by=treasurer)

    assert answer_contest(contest=contest, is_upheld=False, answer="Le prix est celui payé.", by=treasurer) is None

    with pytest.raises(WrongState):
        answer_contest(contest=contest, is_upheld=True, answer="Finalement", by=treasurer)
    assert Invoice.objects.count() == 1
    assert InvoiceContest.objects.get().is_upheld is False


def noon(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def test_a_contest_comes_in_time_and_not_for_a_credit_note(invoice, colleague):
    late = noon(invoice.issued_on + datetime.timedelta(days=16))
    with pytest.raises(ContestTooLate):
        contest_invoice(invoice=invoice, reason="x", by=colleague, now=late)
    note = issue_credit_note(entry=post_refund(refund=refund_event(invoice.sale.key, {"l0": 500})))
    with pytest.raises(ContestTooLate):
        contest_invoice(invoice=note, reason="x", by=colleague)
    in_time = noon(invoice.issued_on + datetime.timedelta(days=15))
    assert contest_invoice(invoice=invoice, reason="x", by=colleague, now=in_time).pk
