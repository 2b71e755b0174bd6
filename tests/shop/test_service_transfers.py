"""Transfers that name a billed service and do not fit it: kept once, in the books, matched by two people or sent back."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.service import credit_service
from rebond.ledger.actions.service_paid import settle_services
from rebond.ledger.bank_files import Came
from rebond.ledger.models import BilledService, Invoice, Posting
from rebond.shop.actions import bank
from rebond.shop.actions.bank_services import ask_service
from rebond.shop.errors import BankLineStateError, SamePersonError
from rebond.shop.models import BankLine
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.services import bill, bill_for_page
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
DAY = datetime.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def account(settings):
    settings.PAYER_IBAN, settings.PAYER_NAME, settings.TRANSFER_IBAN = "FR1420041010050500013M02606", "Rebond", ""


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def service(operator):
    return bill(operator)


def number(service):
    return Invoice.objects.get(service=service, kind="invoice").number


def read(operator, *rows):
    """Rows of (words, cents, the bank's name): what was said of them."""
    said = settle_services(operator=operator, came=[Came(key, DAY, cents, "MAIRIE", text) for text, cents, key in rows])
    return said.settled, said.waiting


def sums():
    found = {}
    for kind, cents in Posting.objects.values_list("account__kind", "cents"):
        found[kind] = found.get(kind, 0) + cents
    return {kind: cents for kind, cents in found.items() if cents and kind not in {"commission", "vat"}}


def right():
    report = check_ledger()
    assert report.is_right, (report.wrong, report.told)


def line_of(key):
    return BankLine.objects.get(key=f"own-{key}")


def matched(key, service, treasurer, chief):
    return bank.grant_use(line=ask_service(line=line_of(key), service=service, by=treasurer), by=chief)


def test_what_does_not_fit_is_kept_once_and_is_in_the_books(operator, service):
    rows = [
        (f"VIR {number(service)}", 11_999, "less"),
        (f"VIR {number(service)[:-1]}9", 12_000, "unknown"),
        ("VIR subvention", 12_000, "other"),
        (f"VIR {number(service)}", 12_000, "fits"),
        (f"VIR {number(service)}", 12_000, "again"),
    ]
    assert [read(operator, *rows) for _n in range(2)] == [(1, 3), (0, 0)]
    assert list(BankLine.objects.order_by("pk").values_list("key", "service", "cents", "owed_cents", "state")) == [
        ("own-less", service.pk, 11_999, 11_999, "open"),
        ("own-unknown", None, 12_000, 12_000, "open"),
        ("own-again", service.pk, 12_000, 12_000, "open"),
    ]
    assert sums() == {"bank": 47_999, "waiting": -35_999}
    right()


def test_a_service_paid_before_lines_were_kept_is_not_paid_again(operator, service):
    read(operator, (number(service), 12_000, "fits"))
    BilledService.objects.update(paid_line="")
    assert read(operator, (number(service), 12_000, "fits")) == (0, 0)
    assert not BankLine.objects.exists()


def test_a_member_that_pays_what_is_taken_from_its_payouts_is_not_forgotten(operator):
    netted = bill_for_page(operator)
    assert read(operator, (number(netted), 12_000, "netted")) == (0, 1)
    with pytest.raises(BankLineStateError):
        ask_service(line=line_of("netted"), service=netted, by=MembershipFactory(organisation=operator).user)


def test_in_two_times_it_is_paid_and_the_rest_goes_back(operator, service, treasurer, chief):
    read(operator, (number(service), 7_000, "a"), (number(service), 8_000, "b"))
    assert matched("a", service, treasurer, chief).owed_cents == 7_000
    service.refresh_from_db()
    assert (service.paid_on, sums()) == (None, {"bank": 15_000, "customer": 12_000, "waiting": -15_000})
    right()
    last = matched("b", service, treasurer, chief)
    service.refresh_from_db()
    assert (service.paid_on, last.owed_cents, line_of("a").owed_cents) == (DAY, 3_000, 0)
    assert sums() == {"bank": 15_000, "waiting": -3_000}
    right()
    bank.note_returned(line=last, on=DAY, by=treasurer)
    with pytest.raises(BankLineStateError):
        bank.note_returned(line=last, on=DAY, by=treasurer)
    assert sums() == {"bank": 12_000}
    assert read(operator, (number(service), 8_000, "b")) == (0, 0)
    right()


def test_what_nobody_knows_goes_back_or_leaves_the_books_for_good(operator, treasurer, chief, service):
    rows = [(f"{number(service)[:-1]}{n}", 500, f"k{n}") for n in (7, 8)]
    assert read(operator, *rows) == (0, 2)
    bank.note_returned(line=line_of("k7"), on=DAY, by=treasurer)
    assert sums() == {"bank": 500, "customer": 12_000, "waiting": -500}
    line = bank.ignore_line(line=line_of("k8"), by=treasurer, note="subvention")
    assert sums() == {"customer": 12_000}
    with pytest.raises(BankLineStateError):
        ask_service(line=line, service=service, by=treasurer)
    assert read(operator, *rows) == (0, 0)
    right()


def test_a_paid_or_credited_service_takes_nothing(operator, service, treasurer, chief):
    other = bill(operator, label="Formation")
    read(operator, (number(service), 12_000, "fits"), (number(service), 12_000, "a"), (number(other), 11_000, "b"))
    credit_service(service=other, reason="erreur", by=treasurer)
    for key, which in (("a", service), ("b", other)):
        assert matched(key, which, treasurer, chief).owed_cents == line_of(key).cents
    assert sums() == {"bank": 35_000, "waiting": -23_000}
    right()


def test_two_people_and_one_operator(operator, service, treasurer):
    read(operator, (number(service), 11_000, "a"))
    foreign = bill(OrganisationFactory(kind="operator", siren="404833048"))
    with pytest.raises(BankLineStateError):
        ask_service(line=line_of("a"), service=foreign, by=treasurer)
    line = ask_service(line=line_of("a"), service=service, by=treasurer)
    with pytest.raises(SamePersonError):
        bank.grant_use(line=line, by=treasurer)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankLine.objects.filter(pk=line.pk).update(operator=None)
    outsider = MembershipFactory(organisation=foreign.operator, role="finance").user
    assert not BankLine.objects.visible_to(outsider).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_and_two_files_at_once_count_once(operator, service, treasurer, chief):
    rows = [(number(service), 12_000, "fits"), (number(service), 20_000, "more")]
    race([lambda: read(operator, *rows)] * 3)
    assert sums() == {"bank": 32_000, "waiting": -20_000}
    other = bill(operator, label="Formation")
    ask_service(line=line_of("more"), service=other, by=treasurer)
    other_chief = MembershipFactory(organisation=operator, role="coordinator").user
    race([lambda by=by: bank.grant_use(line=line_of("more"), by=by) for by in (chief, other_chief)])
    assert sums() == {"bank": 32_000, "waiting": -8_000}
    right()


def test_the_desk_from_the_statement_to_the_match(as_user, operator, service, treasurer, chief):
    text = f"Date;Libellé;Montant;Émetteur\n26/11/2026;VIR {number(service)};100,00;MAIRIE\n"
    text += f"26/11/2026;VIR {number(service)};20,00;MAIRIE\n"
    client, file = as_user(treasurer), SimpleUploadedFile("banque.csv", text.encode(), content_type="text/csv")
    assert (
        "2 virements citent des factures" in client.post(reverse("ledger:batch-bank"), {"file": file}, follow=True).text
    )
    shown = client.get(reverse("shop:bank-list")).text
    assert "pour une prestation facturée" in shown
    for line in BankLine.objects.order_by("pk"):
        detail, use = (reverse(f"shop:bank-{verb}", args=[line.public_id]) for verb in ("detail", "use"))
        page = client.get(detail).text
        assert number(service) in page
        assert "à rendre" in page
        wrong = client.post(use, {"service": "ZZZ"})
        assert (wrong.status_code, "Aucune prestation de ce numéro" in wrong.text) == (422, True)
        client.post(use, {"service": service.public_id})
        agreed = as_user(chief)
        assert "dit qu’il paie la prestation" in agreed.get(detail).text
        agreed.post(reverse("shop:bank-decide", args=[line.public_id]), {"decision": "accord"})
        client = as_user(treasurer)
    service.refresh_from_db()
    assert service.paid_on == DAY
    assert client.get(reverse("shop:bank-list") + "?etat=comptees&export=csv").status_code == 200
    right()
