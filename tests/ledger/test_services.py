"""Services that the operator bills: once, by two people above a limit, invoiced, netted or paid, credited, proved."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry as JournalEntry
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.asked_services import BILL, ServiceBill
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.invoice_file import draw_invoice
from rebond.ledger.actions.money_request import ask_money, grant_money
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.actions.service import ServiceTerms, bill_service, credit_service
from rebond.ledger.actions.service_due import make_due
from rebond.ledger.actions.service_paid import settle_services
from rebond.ledger.bank_files import Came, Went
from rebond.ledger.errors import (
    AboveLimit,
    NeedsReason,
    NoPayer,
    NotReversible,
    ServiceInvalid,
    ServiceTaken,
    WrongState,
)
from rebond.ledger.facturx import xml_of
from rebond.ledger.models import BilledService, Invoice, MoneyRequest, Posting
from rebond.ledger.pain001 import in_fours
from rebond.ledger.queries.accounts import balance_now, own_accounts
from rebond.ledger.queries.ereporting import consumer_taxes
from rebond.ledger.queries.invoice_paper import invoice_paper
from rebond.ledger.web.service_forms import ServiceForm
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.services import TOWN, bill, may_bill
from tests.ledger.test_facturx import broken_rules, needs_rules
from tests.racing import race

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "ledger:service-list"
PAYER = "FR1420041010050500013M02606"
DAY = datetime.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def account(settings):
    settings.PAYER_IBAN, settings.PAYER_NAME, settings.TRANSFER_IBAN = PAYER, "Rebond", ""


@pytest.fixture
def member(seller, agreement):
    """A seller under agreement, with what an invoice must say of it."""
    seller.siren = "732829320"
    seller.save()
    SiteFactory(organisation=seller, address="3 rue du Port")
    return seller


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


def sums():
    """Cents of debit by kind of account."""
    found = {}
    for kind, cents in Posting.objects.values_list("account__kind", "cents"):
        found[kind] = found.get(kind, 0) + cents
    return {kind: cents for kind, cents in found.items() if cents}


def papers(service):
    return list(Invoice.objects.filter(service=service).order_by("pk"))


def came(text, cents, key="k"):
    return Came(key, DAY, cents, "MAIRIE", text)


# --- the books and the papers


def test_a_members_service_is_taken_from_what_it_is_owed(member, operator, treasurer):
    post_sale(sale=sale_event(member, [20_000]))
    (before,) = own_accounts(member)
    operation = uuid.uuid4()
    owed = balance_now(before)
    first, again = (bill(operator, customer=member, by=treasurer, operation=operation) for _n in range(2))
    assert first == again
    (invoice,) = papers(first)
    assert (first.paid_how, first.vat_cents, balance_now(before)) == ("netted", 2_000, owed - 12_000)
    assert (invoice.seller, invoice.buyer_name, invoice.total_cents, invoice.vat_cents) == (
        operator, member.legal_name or member.name, 12_000, 2_000,
    )  # fmt: skip
    services = Posting.objects.filter(part="service").values_list("account__kind", "cents")
    assert sorted(services) == [("commission", -10_000), ("seller", 12_000), ("vat", -2_000)]
    assert JournalEntry.objects.filter(action="ledger.service.billed").count() == 1
    assert check_ledger().is_right


def test_an_organisation_outside_owes_it_until_the_bank_says_paid(operator, treasurer):
    service = bill(operator, by=treasurer)
    (invoice,) = papers(service)
    assert sums() == {"customer": 12_000, "commission": -10_000, "vat": -2_000}
    assert invoice.document.due_on == invoice.issued_on + datetime.timedelta(days=30)
    assert settle_services(operator=operator, came=[came("VIR sans rien", 12_000)]).settled == 0
    paid = [came(f"VIR MAIRIE {invoice.number.replace('-', ' ')} MERCI", 12_000)]
    assert [settle_services(operator=operator, came=paid).settled for _n in range(2)] == [1, 0]
    assert sums() == {"bank": 12_000, "commission": -10_000, "vat": -2_000}
    service.refresh_from_db()
    assert (service.paid_on, check_ledger().is_right) == (DAY, True)


def test_another_operators_statement_pays_nothing(operator):
    (invoice,) = papers(bill(operator))
    other = OrganisationFactory(kind="operator")
    assert settle_services(operator=other, came=[came(invoice.number, 12_000)]).settled == 0


@pytest.mark.parametrize(
    ("regime", "printed", "vat"),
    [("standard", "standard", 2_000), ("margin", "standard", 2_000), ("franchise_293B", "franchise_293B", 0)],
)
def test_the_vat_is_that_of_the_operators_regime_and_never_the_margins(operator, regime, printed, vat):
    may_bill(operator, regime)
    (invoice,) = papers(bill(operator))
    assert (invoice.regime, invoice.vat_cents) == (printed, vat)
    assert ("293 B" in invoice.document.mention) is (vat == 0)


@needs_rules
@pytest.mark.parametrize("is_member", [True, False])
@pytest.mark.parametrize("regime", ["standard", "franchise_293B"])
def test_its_papers_break_no_rule_of_the_norm(operator, member, regime, is_member):
    may_bill(operator, regime)
    service = bill(operator, customer=member if is_member else None)
    credit_service(service=service, reason="Deux fois", by=None)
    for paper in papers(service):
        assert broken_rules(xml_of(paper.document)) == []


def test_the_paper_says_how_it_is_paid_and_is_drawn(operator, member):
    netted, outside = (papers(bill(operator, customer=who))[0] for who in (member, None))
    assert "prochain versement" in invoice_paper(netted.document)["paid"]
    said = invoice_paper(outside.document)
    assert "FR14 2004 1010 0505 0001 3M02 606" in said["paid"]
    assert outside.number in said["paid"]
    assert "Commande" not in " ".join(said["facts"])
    assert draw_invoice(outside).startswith(b"%PDF")


def test_services_are_numbered_in_the_operators_series_and_told_to_no_consumer_report(operator, member):
    one, two = papers(bill(operator, customer=member))[0], papers(bill(operator))[0]
    assert (one.sequence, two.sequence, one.seller) == (1, 2, operator)
    assert not consumer_taxes(one.issued_on, one.issued_on, operator=operator).exists()


# --- what is refused


def test_what_the_invoice_must_say_is_asked_before_a_number_is_taken(operator, seller, settings):
    with pytest.raises(ServiceInvalid):  # no VAT regime of the operator
        bill_service(operator=operator, terms=ServiceTerms(kind="other", label="x", cents=1, party=TOWN),
                     by=None, operation=uuid.uuid4())  # fmt: skip
    may_bill(operator)
    for terms, field in (
        (ServiceTerms(kind="other", label="x", cents=0, party=TOWN), "amount"),
        (ServiceTerms(kind="other", label=" ", cents=1, party=TOWN), "label"),
        (ServiceTerms(kind="other", label="x", cents=1), "customer"),
        (ServiceTerms(kind="other", label="x", cents=1, customer=seller), "customer"),  # no SIREN
        (ServiceTerms(kind="other", label="x", cents=1, customer=operator), "customer"),
    ):
        with pytest.raises(ServiceInvalid) as refused:
            bill_service(operator=operator, terms=terms, by=None, operation=uuid.uuid4())
        assert refused.value.field == field
    settings.PAYER_IBAN = ""
    with pytest.raises(NoPayer):
        bill(operator)
    assert (Invoice.objects.count(), BilledService.objects.count(), Posting.objects.count()) == (0, 0, 0)


def test_an_invoice_is_of_a_sale_or_of_a_service(operator):
    (invoice,) = papers(bill(operator))
    invoice.pk, invoice.public_id, invoice.number, invoice.sequence = None, "x", "X-1", invoice.sequence + 1
    invoice.entry, invoice.service = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        invoice.save(force_insert=True)


# --- the credit note


def test_a_credit_note_undoes_all_of_it_once(operator, member, treasurer):
    service = bill(operator, customer=member)
    with pytest.raises(NeedsReason):
        credit_service(service=service, reason=" ", by=treasurer)
    credit_service(service=service, reason="Facturée deux fois", by=treasurer)
    with pytest.raises(WrongState):
        credit_service(service=service, reason="Encore", by=treasurer)
    invoice, note = papers(service)
    assert (note.kind, note.corrects, note.total_cents, note.vat_cents) == ("credit_note", invoice, 12_000, 2_000)
    assert sums() == {}
    assert check_ledger().is_right


def test_a_service_is_not_undone_by_a_correction_without_its_credit_note(operator, treasurer):
    with pytest.raises(NotReversible):
        reverse_entry(entry=bill(operator).entry, reason="Faux", by=treasurer)


def test_what_was_paid_and_credited_is_owed_back_until_the_bank_says_so(operator):
    service = bill(operator)
    settle_services(operator=operator, came=[came(papers(service)[0].number, 12_000)])
    credit_service(service=BilledService.objects.get(), reason="Annulée", by=None)
    assert BilledService.objects.get().is_owed_back
    assert sums() == {"bank": 12_000, "customer": -12_000}
    back = [Went(DAY, 12_000, f"VIR {papers(service)[1].number}")]
    assert [settle_services(operator=operator, went=back).settled for _n in range(2)] == [1, 0]
    assert (sums(), BilledService.objects.get().back_on, check_ledger().is_right) == ({}, DAY, True)


def test_the_proof_finds_a_service_that_is_not_its_entry(operator):
    bill(operator)
    BilledService.objects.update(cents=12_001)
    report = check_ledger()
    assert (report.wrong["services"], report.is_right) == (1, False)


@pytest.mark.django_db(transaction=True)
def test_two_who_credit_at_once_make_one_credit_note(operator):
    service = bill(operator)
    raised = race([lambda: credit_service(service=service, reason="Deux", by=None)] * 3)
    assert [type(error) for error in raised] == [WrongState] * 2
    assert (len(papers(service)), check_ledger().is_right) == (2, True)


# --- two people


def test_above_the_limit_another_person_bills_it(operator, member, treasurer, chief):
    may_bill(operator)

    def data(cents):
        return ServiceBill("training", "Formation", cents, member.public_id, *[""] * 6, str(uuid.uuid4()))

    def ask(cents):
        return ask_money(act=BILL, organisation=operator, data=data(cents), by=treasurer, operation=uuid.uuid4())

    assert not ask(5_000).waits
    asked = ask(1)
    assert asked.waits
    assert BilledService.objects.count() == 1
    grant_money(request=asked.request, by=chief)
    assert BilledService.objects.count() == 2
    bursar = MembershipFactory(organisation=operator, role="finance").user
    with pytest.raises(AboveLimit):
        grant_money(request=ask(1_000_001).request, by=bursar)
    assert check_ledger().is_right


# --- the desk

OUTSIDE = {
    "name": "Mairie d’Aiguillon", "siren": "404 833 048", "address": "1 place de la Mairie", "postal_code": "47190",
    "city": "Aiguillon",
}  # fmt: skip


def form(**more):
    given = {"kind": "shop_window", "label": "Vitrine de décembre", "amount": "36", "operation": uuid.uuid4()}
    return given | more


def test_the_desk_from_the_form_to_the_credit_note(as_user, operator, member, treasurer, chief):
    may_bill(operator)
    client, page = as_user(treasurer), reverse("ledger:service-bill")
    assert "50,00" in client.get(page).text.replace("\u202f", " ")
    sent = form(customer=member.public_id)
    first, again = client.post(page, sent), client.post(page, sent)
    service = BilledService.objects.get()
    detail = reverse("ledger:service-detail", args=[service.public_id])
    assert (first.url, again.status_code) == (detail, 302)
    assert "Vitrine de décembre" in client.get(reverse(LIST)).text
    answer = client.post(reverse("ledger:service-credit", args=[service.public_id]), {"reason": ""})
    assert answer.status_code == 422
    credit = {"reason": "Erreur de mois", "operation": uuid.uuid4()}
    client.post(reverse("ledger:service-credit", args=[service.public_id]), credit)
    shown = client.get(detail).text
    assert ("Erreur de mois" in shown, "avoir/" in shown) == (True, False)
    big = client.post(page, form(amount="120", **OUTSIDE))
    assert (big.url, BilledService.objects.count()) == (reverse(LIST), 1)
    asked = MoneyRequest.objects.get(state="asked")
    as_user(chief).post(reverse("ledger:request-grant", args=[asked.public_id]))
    assert BilledService.objects.get(customer=None).customer_name == "Mairie d’Aiguillon"
    assert as_user(chief).get(page).status_code in (403, 404)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"label": ""}, "label"),
        ({"siren": "404833049"}, "siren"),
        ({"city": ""}, "city"),
        ({"kind": "gift"}, "kind"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed_and_says_where(as_user, operator, treasurer, given, field):
    may_bill(operator)
    answer = as_user(treasurer).post(reverse("ledger:service-bill"), form(**(OUTSIDE | given)))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert "1 place de la Mairie" in answer.text
    assert BilledService.objects.count() == 0


def test_a_member_and_an_organisation_outside_are_not_billed_together(as_user, operator, member, treasurer):
    may_bill(operator)
    answer = as_user(treasurer).post(reverse("ledger:service-bill"), form(customer=member.public_id, **OUTSIDE))
    assert (answer.status_code, BilledService.objects.count()) == (422, 0)


def test_its_customer_reads_it_and_nobody_else(as_user, operator, member, owner, treasurer):
    service = bill(operator, customer=member, label="Vitrine de Noël")
    (invoice,) = papers(service)
    other = OrganisationFactory()
    stranger = MembershipFactory(organisation=other, role="manager").user
    pages = [reverse(f"ledger:invoice-{name}", args=[invoice.public_id]) for name in ("detail", "paper")]
    assert [as_user(owner).get(page).status_code for page in pages] == [200, 200]
    assert "Vitrine de Noël" in as_user(owner).get(reverse("ledger:invoice-list")).text
    assert "Vitrine de Noël" in as_user(owner).get(reverse("ledger:own-account")).text
    assert [as_user(stranger).get(page).status_code for page in pages] == [404, 404]
    detail = reverse("ledger:service-detail", args=[service.public_id])
    assert as_user(owner).get(detail).status_code in (403, 404)
    elsewhere = MembershipFactory(organisation=OrganisationFactory(kind="operator"), role="finance").user
    assert as_user(elsewhere).get(detail).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(as_user, operator, treasurer, number, django_assert_num_queries):
    for _n in range(number):
        bill(operator)
    client, page = as_user(treasurer), reverse(LIST)
    client.get(page)
    with django_assert_num_queries(4):
        client.get(page)


def test_tabs_and_words_find_services(as_user, operator, member, treasurer):
    bill(operator, customer=member, label="Formation vente")
    credit_service(service=bill(operator, label="Vitrine", now=timezone.now()), reason="Non", by=None)
    bill(operator, label="Tutorat")
    client, page = as_user(treasurer), reverse(LIST)
    for query, shown in (
        ("?etat=attendues", ["Tutorat"]),
        ("?etat=payees", ["Formation vente"]),
        ("?etat=avoirs", ["Vitrine"]),
        ("?q=forma", ["Formation vente"]),
        ("?etat=n-importe", ["Formation vente", "Vitrine", "Tutorat"]),
    ):
        text = client.get(page + query).text
        assert [word for word in ("Formation vente", "Vitrine", "Tutorat") if f">{word}</a>" in text] == shown


def test_the_banks_file_of_the_desk_says_a_service_paid(as_user, operator, treasurer):
    from django.core.files.uploadedfile import SimpleUploadedFile

    (invoice,) = papers(bill(operator))
    text = f"Date;Libellé;Montant\n30/11/2026;VIR {invoice.number};120,00\n"
    file = SimpleUploadedFile("banque.csv", text.encode(), content_type="text/csv")
    as_user(treasurer).post(reverse("ledger:batch-bank"), {"file": file})
    assert BilledService.objects.get().paid_on == DAY


def test_the_statement_of_another_account_pays_no_service(as_user, operator, treasurer):
    """A file of the account of transfers, chosen by mistake; read from its own account it pays."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    (invoice,) = papers(bill(operator))
    other = "FR7630006000011234567890189"
    text = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        "<Acct><Id><IBAN>{iban}</IBAN></Id></Acct><Ntry><Amt Ccy='EUR'>120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-30</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>VIR {number}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    )
    client, page = as_user(treasurer), reverse("ledger:batch-bank")
    for iban, paid_on in ((other, None), (PAYER, DAY)):
        file = SimpleUploadedFile("banque.xml", text.format(iban=iban, number=invoice.number).encode())
        answer = client.post(page, {"file": file}, follow=True)
        assert BilledService.objects.get().paid_on == paid_on
        assert (other in answer.text) is (iban == other)


def test_what_no_payout_pays_is_paid_by_transfer_once(operator, member, treasurer):
    post_sale(sale=sale_event(member, [5_000]))
    (account,) = own_accounts(member)
    before, service = balance_now(account), bill(operator, customer=member)
    MembershipFactory(organisation=member, role="manager", user__email="mona@example.org")
    make_due(service=service, by=treasurer)
    with pytest.raises(WrongState):
        make_due(service=service, by=treasurer)
    (invoice,) = papers(service)
    (mail,) = OutgoingMail.objects.filter(kind="ledger.service.due")
    assert (service.is_awaited, balance_now(account), sums()["customer"]) == (True, before, 12_000)
    assert [word in mail.text for word in (invoice.number, PAYER, "120,00")] == [True] * 3
    assert check_ledger().is_right
    assert settle_services(operator=operator, came=[came(invoice.number, 12_000)]).settled == 1
    assert ("customer" in sums(), check_ledger().is_right) == (False, True)


@pytest.mark.parametrize("is_paid", [True, False])
def test_credited_after_that_everything_is_as_before(operator, member, treasurer, is_paid):
    service = bill(operator, customer=member)
    before = sums()
    make_due(service=service, by=treasurer)
    if is_paid:
        settle_services(operator=operator, came=[came(papers(service)[0].number, 12_000)])
        service.refresh_from_db()
    credit_service(service=service, reason="erreur", by=treasurer)
    owed = {"bank": 12_000, "customer": -12_000} if is_paid else {}
    assert (before["seller"], sums(), service.is_owed_back) == (12_000, owed, is_paid)
    assert check_ledger().is_right


def test_what_sales_paid_is_not_asked_again(operator, member, treasurer, settings):
    post_sale(sale=sale_event(member, [50_000]))
    service = bill(operator, customer=member)
    with pytest.raises(ServiceTaken):
        make_due(service=service, by=treasurer)
    other = bill(operator, customer=member, cents=90_000, label="Formation")
    settings.PAYER_IBAN = ""
    with pytest.raises(NoPayer):
        make_due(service=other, by=treasurer)
    assert not BilledService.objects.exclude(paid_how="netted").exists()


def test_the_desk_has_it_paid_by_transfer_by_two_people_and_the_member_reads_how(
    as_user, operator, member, owner, treasurer, chief
):
    service = bill(operator, customer=member)
    detail, paper = (reverse("ledger:service-detail", args=[service.public_id]), papers(service)[0])
    turn = reverse("ledger:service-due", args=[service.public_id])
    client = as_user(treasurer)
    assert turn in client.get(detail).text
    client.post(turn, {"operation": str(uuid.uuid4())})
    service.refresh_from_db()
    assert service.paid_how == "netted"  # 120 € are above what a treasurer does alone
    assert turn not in client.get(detail).text
    grant_money(request=MoneyRequest.objects.get(), by=chief)
    service.refresh_from_db()
    assert (service.paid_how, service.due_on is not None) == ("transfer", True)
    shown = as_user(owner).get(reverse("ledger:invoice-detail", args=[paper.public_id])).text
    assert in_fours(PAYER) in shown
    assert turn not in client.get(detail).text
    assert as_user(chief).post(turn, {"operation": str(uuid.uuid4())}).status_code == 403


def test_signs_that_nobody_sees_do_not_come_in_by_the_form(operator):
    data = {"kind": "tutoring", "label": "Tuto\x01rat", "amount": "120", "name": "Mai\x1frie", "siren": "404833048"}
    data |= {"address": "1 place\ufffe", "postal_code": "47190", "city": "\x08Aiguillon"}
    form = ServiceForm(data, operator=operator)
    assert form.is_valid(), form.errors
    found = [form.cleaned_data[name] for name in ("label", "name", "address", "city")]
    assert found == ["Tutorat", "Mairie", "1 place", "Aiguillon"]
