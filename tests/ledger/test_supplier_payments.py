"""Suppliers of the operator paid by a file for its bank: its own debts, once, by two people; never money of sellers."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from lxml import etree
from sepaxml.validation import ValidationError, try_valid_xml

from rebond.journal.models import Entry as JournalEntry
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.actions.supplier import add_supplier_invoice
from rebond.ledger.actions.supplier_payment import (
    ask_batch,
    drop_line,
    grant_batch,
    note_sent,
    read_batch,
    refuse_batch,
    settle_debits,
)
from rebond.ledger.bank_files import Went, read_debits
from rebond.ledger.errors import (
    AlreadyInFile,
    FileRead,
    NeedsReason,
    NoPayer,
    NotOwnDebt,
    NotPayable,
    SamePerson,
    WrongState,
)
from rebond.ledger.models import Entry, PaymentBatch, Posting, SupplierPayment
from rebond.ledger.pain001 import SCHEMA, plain
from rebond.ledger.queries.supplier_payments import debt_of, unpaid_of
from tests.factories.invoices import with_iban
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory
from tests.racing import race

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "ledger:batch-list"
NAMES = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
PAYER = "FR1420041010050500013M02606"


@pytest.fixture(autouse=True)
def account(settings):
    settings.PAYER_IBAN, settings.PAYER_BIC, settings.PAYER_NAME = PAYER, "PSSTFRPPXXX", "Rebond – Réemploi & Cie"
    settings.TRANSFER_IBAN = "FR7630006000011234567890189"


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def bill(operator, treasurer):
    def make(number="F-77", iban="DE89370400440532013000", organisation=operator, **more):
        content = with_iban(iban, number=number, **more)
        return add_supplier_invoice(organisation=organisation, name="f.xml", content=content, by=treasurer)

    return make


@pytest.fixture
def ask(operator, treasurer):
    def make(*invoices, on=None):
        day = on or timezone.localdate()
        return ask_batch(organisation=operator, invoices=invoices, execute_on=day, by=treasurer)

    return make


@pytest.fixture
def sent(ask, bill, treasurer, chief):
    """A file of two invoices of 120 €, at the bank."""
    batch = grant_batch(batch=ask(bill("F-1"), bill("F-2")), by=chief)
    read_batch(batch=batch, by=treasurer)
    return note_sent(batch=batch, by=treasurer)


def went(text, cents, on=datetime.date(2026, 11, 30), account=""):
    return Went(on, cents, text, account)


def settle(batch, *debits):
    return settle_debits(organisation=batch.organisation, debits=debits, by=None)


def moved():
    return dict(Posting.objects.filter(account__kind__in=["supplier", "bank"]).values_list("account__kind", "cents"))


# --- the file


def test_a_file_is_made_once_for_two_people_and_says_what_the_xsd_wants(ask, bill, treasurer, chief):
    batch = ask(bill("F-1"), bill("F-2"))
    assert (batch.state, batch.document, batch.cents, batch.number) == ("asked", "", 24_000, 2)
    with pytest.raises(SamePerson):
        grant_batch(batch=batch, by=treasurer)
    grant_batch(batch=batch, by=chief)
    with pytest.raises(WrongState):
        grant_batch(batch=batch, by=chief)
    first, again = (read_batch(batch=batch, by=treasurer) for _n in range(2))
    assert first == again
    try_valid_xml(first, SCHEMA)
    root = etree.fromstring(first)
    said = lambda path: [node.text for node in root.iterfind(f".//{path}", NAMES)]  # noqa: E731
    lines = list(batch.lines.order_by("pk"))
    assert said("p:MsgId") == said("p:PmtInfId") == [batch.reference]
    assert said("p:NbOfTxs") == ["2", "2"]
    assert said("p:CtrlSum") == ["240.00", "240.00"]
    assert said("p:InstdAmt") == ["120.00", "120.00"]
    assert said("p:EndToEndId") == [line.reference for line in lines]
    assert said("p:IBAN") == [PAYER, "DE89370400440532013000", "DE89370400440532013000"]
    assert said("p:Nm") == ["Rebond - Reemploi Cie"] * 2 + ["Emballages du Midi"] * 2
    assert said("p:ReqdExctnDt") == [timezone.localdate().isoformat()]
    assert JournalEntry.objects.filter(action="ledger.batch.read").count() == 2


def test_a_file_that_lacks_something_is_refused_by_the_schema(ask, bill, chief, treasurer):
    content = read_batch(batch=grant_batch(batch=ask(bill()), by=chief), by=treasurer)
    with pytest.raises(ValidationError):
        try_valid_xml(content.replace(b"120.00</InstdAmt>", b"a lot</InstdAmt>"), SCHEMA)


def test_letters_that_banks_refuse_are_written_otherwise():
    assert plain("Électricité d’Étampes & fils – n° 3 €", 70) == "Electricite d'Etampes fils - ndeg 3 EUR"


# --- the operator's own debts only


def test_only_the_operators_own_debts_are_paid_and_never_money_of_sellers(
    operator, seller, owner, agreement, ask, bill, treasurer, chief, settings, sent
):
    post_sale(sale=sale_event(seller, [50_000]))
    before = dict(Posting.objects.exclude(part="supplier").values_list("pk", "cents"))
    with pytest.raises(NotOwnDebt):  # a seller makes no file
        ask_batch(organisation=seller, invoices=[bill(organisation=seller)], execute_on=timezone.localdate(), by=owner)
    with pytest.raises(NotOwnDebt):  # nor the operator of what a seller owes
        ask(bill("F-8", organisation=seller))
    operator.siren = "732829320"
    operator.save()
    with pytest.raises(NotPayable):  # nor of an invoice that is addressed to somebody else
        ask(bill("F-9", buyer="552100554"))
    settings.PAYER_IBAN = settings.TRANSFER_IBAN  # nor from the account where the provider keeps the sellers' money
    with pytest.raises(NoPayer):
        ask(bill("F-10"))
    settings.PAYER_IBAN = PAYER
    assert settle(sent, went(sent.reference, 24_000)) == 2
    touched = set(Entry.objects.filter(kind="supplier").values_list("pk", flat=True))
    kinds = set(Posting.objects.filter(entry_id__in=touched).values_list("account__kind", "account__owner"))
    assert kinds == {("supplier", operator.pk), ("bank", operator.pk)}
    assert dict(Posting.objects.exclude(part="supplier").values_list("pk", "cents")) == before
    assert check_ledger().is_right


@pytest.mark.parametrize(
    ("iban", "why"), [("DE89370400440532013001", "iban"), ("", "iban"), ("DE89370400440532013000", "")]
)
def test_an_account_is_checked_digit_by_digit(bill, ask, iban, why):
    invoice = bill(iban=iban)
    assert debt_of(invoice).why == why
    if why:
        with pytest.raises(NotPayable):
            ask(invoice)


def test_what_does_not_add_up_or_is_a_credit_note_is_not_paid(operator, treasurer, ask):
    wrong = with_iban(number="F-3").replace(b">60.00<", b">61.00<")
    note = with_iban(number="F-4").replace(b">380<", b">381<")
    made = [add_supplier_invoice(organisation=operator, name="f", content=c, by=treasurer) for c in (wrong, note)]
    assert [debt_of(one).why for one in made] == ["wrong", "credit_note"]
    for one in made:
        with pytest.raises(NotPayable):
            ask(one)


@pytest.mark.parametrize(
    ("name", "value"), [("PAYER_IBAN", ""), ("PAYER_IBAN", "FR00"), ("PAYER_BIC", "NOTABIC"), ("PAYER_NAME", "")]
)
def test_without_a_right_account_nothing_is_asked(ask, bill, settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(NoPayer):
        ask(bill())
    assert not PaymentBatch.objects.exists()


@pytest.mark.parametrize("days", [-1, 61])
def test_a_day_that_is_past_or_too_far_is_refused(ask, bill, days):
    with pytest.raises(NotPayable):
        ask(bill(), on=timezone.localdate() + datetime.timedelta(days=days))
    with pytest.raises(NotPayable):
        ask()


def test_an_account_or_a_day_that_changed_meanwhile_is_asked_again(ask, bill, chief, settings):
    batch = ask(bill())
    with pytest.raises(NotPayable):
        grant_batch(batch=batch, by=chief, now=timezone.now() + datetime.timedelta(days=2))
    settings.PAYER_IBAN = "DE89370400440532013000"
    with pytest.raises(NotPayable):
        grant_batch(batch=batch, by=chief)
    assert PaymentBatch.objects.get().state == "asked"


# --- once


def test_an_invoice_is_in_one_file_and_free_again_where_it_is_refused(ask, bill, operator, chief):
    one, other = bill("F-1"), bill("F-2")
    batch = ask(one)
    assert list(unpaid_of(operator)) == [other]
    with pytest.raises(AlreadyInFile):
        ask(one, other)
    assert PaymentBatch.objects.count() == 1
    with pytest.raises(NeedsReason):
        refuse_batch(batch=batch, reason=" ", by=chief)
    refuse_batch(batch=batch, reason="Trop tôt", by=chief)
    with pytest.raises(WrongState):
        grant_batch(batch=batch, by=chief)
    assert ask(one, other).number == 2


def test_a_file_that_was_downloaded_is_not_refused_any_more(ask, bill, chief, treasurer):
    batch = grant_batch(batch=ask(bill()), by=chief)
    with pytest.raises(WrongState):
        note_sent(batch=batch, by=treasurer)
    read_batch(batch=batch, by=treasurer)
    with pytest.raises(FileRead):
        refuse_batch(batch=batch, reason="Non", by=chief)
    note_sent(batch=batch, by=treasurer)
    with pytest.raises(WrongState):
        note_sent(batch=batch, by=treasurer)


@pytest.mark.django_db(transaction=True)
def test_an_invoice_chosen_and_granted_at_once_is_in_one_file(ask, bill, operator, treasurer, chief):
    one, others = bill("F-0"), [bill(f"F-{n}") for n in range(1, 6)]
    raised = race([lambda other=other: ask(one, other) for other in others])
    assert [type(error) for error in raised] == [AlreadyInFile] * 4
    assert (PaymentBatch.objects.count(), SupplierPayment.objects.count()) == (1, 2)
    batch = PaymentBatch.objects.get()
    raised = race([lambda: grant_batch(batch=PaymentBatch.objects.get(), by=chief)] * 4)
    assert [type(error) for error in raised] == [WrongState] * 3
    document = PaymentBatch.objects.get().document
    read_batch(batch=batch, by=treasurer)
    debits = [went(batch.reference, 24_000)]
    assert race([lambda: settle_debits(organisation=operator, debits=debits, by=None)] * 4) == []
    assert (PaymentBatch.objects.get().state, PaymentBatch.objects.get().document) == ("paid", document)
    assert Entry.objects.filter(kind="supplier").count() == 2
    assert check_ledger().is_right


# --- what the bank says


def test_the_bank_pays_a_whole_file_or_its_lines(sent):
    first, second = sent.lines.order_by("pk")
    assert settle(sent, went("VIR SEPA " + sent.reference, 23_999)) == 0  # another amount: nobody guesses
    assert settle(sent, went(f"VIR {first.reference}", 12_000)) == 1
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert settle(sent, went(f"VIR {first.reference}", 12_000), went(second.reference, 12_000)) == 1
    sent.refresh_from_db()
    assert (sent.state, sent.ended_on) == ("paid", datetime.date(2026, 11, 30))
    assert moved() == {"supplier": 12_000, "bank": -12_000}
    assert Entry.objects.filter(kind="supplier").count() == 2
    assert check_ledger().is_right


def test_a_file_of_another_account_or_operator_pays_nothing(sent, seller):
    assert settle(sent, went(sent.reference, 24_000, account="FR7630006000011234567890189")) == 0
    assert settle_debits(organisation=seller, debits=[went(sent.reference, 24_000)], by=None) == 0
    assert settle(sent, went(sent.reference, 24_000, account=PAYER)) == 2


def test_a_line_that_the_bank_refuses_may_be_chosen_again_by_another_person(sent, treasurer, chief, ask):
    first, second = sent.lines.order_by("pk")
    with pytest.raises(SamePerson):
        drop_line(line=first, reason="Compte clos", by=treasurer)
    with pytest.raises(NeedsReason):
        drop_line(line=first, reason="", by=chief)
    drop_line(line=first, reason="Compte clos", by=chief)
    with pytest.raises(WrongState):
        drop_line(line=first, reason="Compte clos", by=chief)
    assert settle(sent, went(first.reference, 12_000)) == 0
    assert settle(sent, went(second.reference, 12_000)) == 1
    sent.refresh_from_db()
    assert sent.state == "paid"
    with pytest.raises(WrongState):
        drop_line(line=second, reason="Compte clos", by=chief)
    assert ask(first.invoice).number == 1


CAMT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-30</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">240.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-30</Dt></BookgDt>
<NtryDtls><Btch><PmtInfId>{batch}</PmtInfId></Btch></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-12-01</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>{line}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_debits_are_read_as_banks_write_them():
    names = {"iban": PAYER, "batch": "LOTabc", "line": "DEPabc"}
    first, second = read_debits(CAMT.format(**names).encode())
    assert (first.cents, first.on, first.account, "LOTabc" in first.text) == (
        24_000, datetime.date(2026, 11, 30), PAYER, True,
    )  # fmt: skip
    assert (second.cents, "DEPabc" in second.text) == (12_000, True)
    one = "Date;Libellé;Débit euros;Crédit euros\n30/11/2026;VIR LOTabc;-240,00;\n30/11/2026;REMISE;;15,00\n"
    two = "Date;Libellé;Montant\n30/11/2026;VIR LOTabc;-240,00\n30/11/2026;REMISE;15,00\n"
    for text in (one, two):
        (row,) = read_debits(text.encode())
        assert (row.cents, row.text, row.on) == (24_000, "VIR LOTabc", datetime.date(2026, 11, 30))


# --- the desk


def test_the_desk_from_the_invoice_to_the_bank(as_user, bill, treasurer, chief, operator):
    one = bill("F-1")
    bill("F-2", iban="")
    client, page = as_user(treasurer), reverse(LIST)
    assert "Payer des fournisseurs" in client.get(reverse("ledger:supplier-list")).text
    choose = client.get(reverse("ledger:batch-ask")).text
    assert "IBAN" in choose
    assert choose.count('type="checkbox" name="invoice"') == 1
    assert client.post(reverse("ledger:batch-ask"), {"execute_on": timezone.localdate()}).status_code == 422
    answer = client.post(reverse("ledger:batch-ask"), {"execute_on": timezone.localdate(), "invoice": [one.public_id]})
    batch = PaymentBatch.objects.get()
    detail = reverse("ledger:batch-detail", args=[batch.public_id])
    assert answer.url == detail
    decide = reverse("ledger:batch-decide", args=[batch.public_id])
    client.post(decide, {"decision": "accord"})
    assert PaymentBatch.objects.get().state == "asked"
    assert "Une autre personne" in client.get(detail).text
    as_user(chief).post(decide, {"decision": "accord"})
    file = as_user(treasurer).post(reverse("ledger:batch-file", args=[batch.public_id]))
    assert (file["Content-Type"], batch.reference in file["Content-Disposition"]) == ("application/xml", True)
    client = as_user(treasurer)
    client.post(reverse("ledger:batch-sent", args=[batch.public_id]))
    upload = SimpleUploadedFile(
        "releve.csv", f"Date;Libellé;Montant\n30/11/2026;VIR {batch.reference};-120,00".encode()
    )
    client.post(reverse("ledger:batch-bank"), {"file": upload})
    assert "Payé" in client.get(detail).text
    assert batch.reference in client.get(page, {"etat": "paid"}).text
    broken = client.post(reverse("ledger:batch-bank"), {"file": SimpleUploadedFile("x", b"bonjour")}, follow=True)
    assert "CAMT.053" in broken.text


def test_a_seller_and_a_stranger_see_no_file(as_user, sent, owner, stranger, seller):
    for user in (owner, stranger):
        for name, arguments in ((LIST, []), ("ledger:batch-ask", []), ("ledger:batch-detail", [sent.public_id])):
            assert as_user(user).get(reverse(name, args=arguments)).status_code in {403, 404}
        assert as_user(user).post(reverse("ledger:batch-file", args=[sent.public_id])).status_code in {403, 404}


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_cost_the_same_for_any_number(as_user, ask, bill, treasurer, number, django_assert_num_queries):
    for n in range(number):
        ask(bill(f"F-{n}"))
        bill(f"G-{n}")
    client = as_user(treasurer)
    client.get(reverse(LIST))
    with django_assert_num_queries(4):
        client.get(reverse(LIST))
    with django_assert_num_queries(4):
        client.get(reverse("ledger:batch-ask"))
