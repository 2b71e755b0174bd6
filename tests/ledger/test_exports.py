"""Files for accountants: entries with the accountant's numbers, a seller's month in one ZIP."""

import datetime
import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from rebond.core.models import Job, JobState
from rebond.journal.models import StoredFile
from rebond.ledger.actions.chart import set_chart
from rebond.ledger.actions.invoice import issue_invoice
from rebond.ledger.actions.month_file import build_month, start_month
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import Account, ChartLine
from rebond.ledger.queries.fec import CHART, Exercise, chart_of, fec_lines, generic_lines
from rebond.network.models import Organisation
from tests.factories.invoices import billed_sale, make_issuer
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.racing import race

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MARCH = (datetime.date(2026, 3, 1), datetime.date(2026, 3, 31))


def at(month, day=5):
    return datetime.datetime(2026, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def sold(seller, agreement):
    post_sale(sale=sale_event(seller, [2_000], key="so-a"), now=at(3))
    return Account.objects.get(kind="seller")


@pytest.fixture
def papers(seller, operator, agreement):
    make_issuer(seller, operator)
    issue_invoice(sale=billed_sale(seller, [2_400]), now=at(3))
    return Account.objects.get(kind="seller")


def cents(text):
    return int(text.replace(",", ""))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_ask_for_one_file(issued_month, seller, owner):
    asks = [lambda: start_month(account=issued_month, year=2026, month=3, organisation=seller, by=owner)] * 6
    assert race(asks) == []
    assert Job.objects.filter(kind="ledger.month").count() == 1


@pytest.fixture
def issued_month(seller, operator):
    post_sale(sale=sale_event(seller), now=at(3))
    return Account.objects.get(owner=seller, kind="seller")


def test_the_generic_file_balances_with_the_usual_numbers(operator, sold):
    head, *rows = [line.split(";") for line in generic_lines(Exercise(operator, *MARCH))]
    assert head[:4] == ["Journal", "Date", "Compte", "Intitulé"]
    assert sum(cents(row[8]) for row in rows) == sum(cents(row[9]) for row in rows) > 0
    assert {row[1] for row in rows} == {"2026-03-05"}
    assert "517000" in {row[2] for row in rows}


def test_both_files_follow_the_accountants_numbers(operator, treasurer, sold):
    set_chart(operator=operator, chart={"provider": ("512STRIPE", "Stripe")}, by=treasurer)
    exercise = Exercise(operator, *MARCH)
    assert any(";512STRIPE;Stripe;" in line for line in generic_lines(exercise))
    assert any("\t512STRIPE\tStripe\t" in line for line in fec_lines(exercise))
    assert chart_of(operator)["seller"] == CHART["seller"]
    set_chart(operator=operator, chart={"provider": CHART["provider"]}, by=treasurer)
    assert not ChartLine.objects.exists()


@pytest.mark.parametrize(
    ("kind", "line"), [("provider", ("51", "x")), ("provider", ("512000", " ")), ("no", ("512000", "x"))]
)
def test_a_number_that_is_none_is_refused(operator, treasurer, kind, line):
    with pytest.raises(LedgerError):
        set_chart(operator=operator, chart={kind: line}, by=treasurer)


def test_a_text_that_a_spreadsheet_would_run_is_defused(operator, seller, agreement):
    seller.name = "=cmd()"
    seller.save()
    post_sale(sale=sale_event(seller, [2_000]), now=at(3))
    assert any(";'=cmd();" in line for line in generic_lines(Exercise(operator, *MARCH)))


def test_the_treasurer_downloads_and_keeps_the_numbers(as_user, treasurer, owner, sold):
    client, page = as_user(treasurer), reverse("ledger:exports")
    assert 'value="517000"' in client.get(page).text
    query = {"du": "2026-03-01", "au": "2026-03-31", "format": "csv"}
    answer = client.get(reverse("ledger:export-file"), query)
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbfJournal;")
    fec = client.get(reverse("ledger:export-file"), query | {"format": "fec"})
    assert b"".join(fec.streaming_content).startswith(b"JournalCode\t")
    assert client.get(reverse("ledger:export-file"), query | {"au": "2026-02-01"}).status_code == 422
    numbers = {kind: number for kind, (number, _label) in CHART.items()}
    numbers |= {f"{kind}_label": label for kind, (_number, label) in CHART.items()}
    assert client.post(reverse("ledger:chart-set"), numbers | {"vat": "x"}).status_code == 422
    assert client.post(reverse("ledger:chart-set"), numbers | {"vat": "445711"}).status_code == 302
    assert ChartLine.objects.get().number == "445711"
    assert as_user(owner).get(page).status_code == 403


def test_a_month_is_one_file_with_all_its_papers(papers, seller, owner):
    job = start_month(account=papers, year=2026, month=3, organisation=seller, by=owner)
    again = start_month(account=papers, year=2026, month=3, organisation=seller, by=owner)
    assert again.pk == job.pk
    assert build_month(job_id=job.pk) == JobState.DONE
    assert build_month(job_id=job.pk) == ""
    job.refresh_from_db()
    stored = StoredFile.objects.get(public_id=job.result["file"])
    with stored.file.open("rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    names = archive.namelist()
    assert names == ["factures/CF-2026-000001.pdf", "releve.pdf", "releve.csv", "factures.csv", "e-reporting.csv"]
    assert archive.read(names[0]).startswith(b"%PDF")
    assert "24,00" in archive.read("factures.csv").decode()
    assert (job.done, job.total, stored.permission) == (2, 2, "ledger.invoice.view")


@pytest.mark.parametrize("is_before", [True, False])
def test_signs_that_nobody_sees_break_no_month(papers, seller, owner, is_before):
    if is_before:
        Organisation.objects.filter(pk=seller.pk).update(name="Atelier\x01 Bois\x0b", legal_name="Atel\x02ier")
        seller.refresh_from_db()
    issue_invoice(sale=billed_sale(seller, [1_000], key="so-b"), now=at(3))
    Organisation.objects.filter(pk=seller.pk).update(name="Atelier\x01 Bois\x0b", legal_name="Atel\x02ier")
    job = start_month(account=papers, year=2026, month=3, organisation=seller, by=owner)
    assert build_month(job_id=job.pk) == JobState.DONE
    job.refresh_from_db()
    with StoredFile.objects.get(public_id=job.result["file"]).file.open("rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    for name in archive.namelist():
        read = archive.read(name)
        words = read.decode() if name.endswith(".csv") else PdfReader(io.BytesIO(read)).pages[0].extract_text()
        assert [sign for sign in "\x01\x02\x0b" if sign in words] == [], name


def test_a_month_that_cannot_be_made_says_so(papers, seller, owner, monkeypatch):
    job = start_month(account=papers, year=2026, month=3, organisation=seller, by=owner)
    monkeypatch.setattr("rebond.ledger.actions.month_file.file_of_invoice", lambda **_kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_month(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.message)) == (JobState.FAILED, True)
    assert not StoredFile.objects.exists()
    fresh = start_month(account=papers, year=2026, month=3, organisation=seller, by=owner)
    assert fresh.pk != job.pk


def test_a_seller_and_the_treasurer_ask_for_a_month(as_user, owner, treasurer, stranger, papers):
    start = reverse("ledger:month-start", args=[papers.public_id, 2026, 3])
    for user in (owner, treasurer):
        answer = as_user(user).post(start)
        job = Job.objects.order_by("-pk").first()
        assert answer.url == reverse("ledger:month-job", args=[job.public_id])
        assert "Attend son tour" in as_user(user).get(answer.url).text
        build_month(job_id=job.pk)
        page = as_user(user).get(answer.url).text
        assert 'role="progressbar"' in page
        assert "/bureau/fichiers/" in page
        job.refresh_from_db()
        file = StoredFile.objects.get(public_id=job.result["file"])
        download = as_user(user).get(reverse("journal:file-download", args=[file.public_id]))
        assert b"".join(download.streaming_content).startswith(b"PK")
        assert as_user(stranger).get(answer.url).status_code in {403, 404}
    assert as_user(stranger).post(start).status_code in {403, 404}
    assert as_user(owner).post(reverse("ledger:month-start", args=[papers.public_id, 2026, 13])).status_code == 404
    other = MembershipFactory(organisation=OrganisationFactory(name="Autre", slug="autre"), role="manager").user
    assert as_user(other).post(start).status_code == 404
