"""The yearly declaration of sellers (DAC7): thresholds, figures, files, reminders, what is held."""

import datetime
import json
import xml.etree.ElementTree as ET

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.actions.tax_count import count_year, count_years
from rebond.ledger.actions.tax_file import give_tax_file, return_tax_file, verify_tax_file
from rebond.ledger.actions.tax_reminder import forget_tax_data, remind_sellers
from rebond.ledger.actions.tax_return import make_returns, trial_file
from rebond.ledger.dac7 import DPI, STF, check, euros
from rebond.ledger.enums import Held
from rebond.ledger.errors import LedgerError, NeedsReason, NothingToDeclare, TaxDataMissing, WrongState, YearNotOver
from rebond.ledger.events import Carried, shipping_key
from rebond.ledger.models import Account, SoldCount, TaxFile, TaxReturn, TaxReturnLine
from rebond.ledger.queries.payouts import holds_of
from rebond.ledger.queries.tax import asked_of, is_small, last_count, missing_of, rows_of, years_sold
from rebond.network.models import OrganisationAttribute
from tests.factories.ledger import refund_event, sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
YEAR = timezone.localdate().year - 1
GIVEN = {
    "legal_name": "Association des Ateliers",
    "address": "3 rue du Port",
    "postal_code": "47200",
    "city": "Marmande",
    "country": "FR",
    "tax_number": "732 829 320",
    "register_number": "W471000001",
    "vat_number": "",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "account_holder": "",
    "establishments": [],
}
NAMES = {"d": DPI, "s": STF}


def at(month, year=YEAR, day=5):
    return datetime.datetime(year, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def declarant(operator):
    """The operator, with what the declaration says of it."""
    operator.siren = "443061841"
    operator.save()
    SiteFactory(organisation=operator, address="1 quai de la Loire", city="Nantes", postal_code="44000")
    return operator


@pytest.fixture
def given(seller, owner):
    return give_tax_file(organisation=seller, fields=GIVEN, by=owner)


@pytest.fixture
def sold(seller, agreement):
    """Above the thresholds by the amount: one sale of 3 000 € in March, one of 40 € in November."""
    post_sale(sale=sale_event(seller, [300_000], key="so-a"), now=at(3))
    post_sale(sale=sale_event(seller, [4_000], key="so-b"), now=at(11))


@pytest.mark.parametrize(
    ("sales", "cents", "small"),
    [(29, 200_000, True), (29, 200_001, False), (30, 30_000, False), (0, 0, True)],
)
def test_who_is_declared_follows_the_thresholds(sales, cents, small):
    """rules.md L, vector 22."""
    assert is_small(sales, cents) is small


def test_quarters_hold_what_came_to_the_seller_without_fees(seller, operator, sold):
    post_refund(refund=refund_event("so-a", {"l0": 100_000}), now=at(12))
    year = years_sold(operator, YEAR)[seller.pk]

    assert year.sales == [1, 0, 0, 1]
    assert year.gross == [200_000, 0, 0, 4_000]
    assert year.fees == [28_000, 0, 0, 560]  # 14 % of what is left
    assert year.cents == [172_000, 0, 0, 3_440]
    assert years_sold(operator, YEAR - 1) == {}


def test_a_sale_given_back_whole_is_no_sale(seller, operator, sold):
    post_refund(refund=refund_event("so-b", {"l0": 4_000}), now=at(12))
    year = years_sold(operator, YEAR)[seller.pk]
    assert (year.sales, year.cents[3], year.fees[3]) == ([1, 0, 0, 0], 0, 0)


@pytest.fixture
def carrier(operator):
    return OrganisationFactory(name="Le Grand Entrepôt", slug="entrepot", admitted=True)


def test_who_carries_what_another_sold_did_an_operation(seller, operator, agreement, carrier):
    for key in ("so-a", "so-b"):
        post_sale(sale=sale_event(seller, [4_000], key=key, carried=(Carried(carrier, 700),)), now=at(3))
    post_sale(sale=sale_event(carrier, [2_000], key="so-c"), now=at(4))
    year = years_sold(operator, YEAR)
    assert (year[carrier.pk].sales, year[carrier.pk].gross) == ([2, 1, 0, 0], [1_400, 2_000, 0, 0])
    assert year[seller.pk].sales == [2, 0, 0, 0]

    post_refund(refund=refund_event("so-a", {shipping_key(carrier): 700}), now=at(5))
    year = years_sold(operator, YEAR)
    assert (year[carrier.pk].sales, year[carrier.pk].gross) == ([1, 1, 0, 0], [700, 2_000, 0, 0])


def test_who_only_carries_is_asked_for_its_data_and_keeps_them(seller, operator, agreement, carrier):
    MembershipFactory(organisation=carrier, role="manager")
    post_sale(sale=sale_event(seller, carried=(Carried(carrier, 700),)), now=timezone.now())
    remind_sellers()
    file = TaxFile.objects.get(organisation=carrier)
    assert file.asked_at is not None
    TaxFile.objects.filter(pk=file.pk).update(given_at=timezone.now() - datetime.timedelta(days=12 * 366))
    assert forget_tax_data() == 0


def test_public_bodies_are_left_out(seller, operator, sold):
    assert rows_of(operator, YEAR)[0].is_declared
    OrganisationAttribute.objects.create(
        organisation=seller, kind="legal_form", value="public_body", valid_from=datetime.date(2020, 1, 1)
    )
    assert not rows_of(operator, YEAR)[0].is_declared


def test_amounts_are_whole_euros_there():
    assert [euros(cents) for cents in (0, 49, 50, 149, 150, -30)] == [0, 0, 1, 1, 2, 0]


def test_data_are_given_verified_and_asked_for_again(seller, owner, treasurer, given):
    assert (given.tax_number, given.iban_end, missing_of(given)) == ("732829320", "0189", [])
    verify_tax_file(file=given, by=treasurer)
    with pytest.raises(WrongState):
        verify_tax_file(file=given, by=treasurer)
    with pytest.raises(NeedsReason):
        return_tax_file(file=given, reason=" ", by=treasurer)
    returned = return_tax_file(file=given, reason="Le siège a changé", by=treasurer)
    assert (missing_of(returned), returned.verified_at) == (["not_given"], None)
    with pytest.raises(WrongState):
        return_tax_file(file=given, reason="encore", by=treasurer)
    again = give_tax_file(organisation=seller, fields=GIVEN | {"iban": ""}, by=owner)
    assert (again.iban_end, again.note, missing_of(again)) == ("0189", "", [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("city", ""),
        ("tax_number", "123456789"),
        ("country", "US"),
        ("iban", "FR7612345"),
        ("iban", ""),
        ("establishments", ["XX"]),
    ],
)
def test_what_cannot_be_declared_is_refused_on_its_field(seller, owner, field, value):
    with pytest.raises(LedgerError) as refused:
        give_tax_file(organisation=seller, fields=GIVEN | {field: value}, by=owner)
    assert refused.value.field == field
    assert not TaxFile.objects.filter(given_at__isnull=False).exists()


def test_the_account_of_the_identity_file_is_taken(payable, owner):
    file = give_tax_file(organisation=payable, fields=GIVEN | {"iban": ""}, by=owner)
    assert (file.iban, file.account_holder) == ("I", "H")


def test_data_are_confirmed_every_36_months(given):
    then = timezone.localdate(given.given_at)
    assert missing_of(given, then + datetime.timedelta(days=1_095)) == []
    assert missing_of(given, then + datetime.timedelta(days=1_096)) == ["too_old"]


def test_the_file_is_what_the_tax_office_takes(seller, declarant, treasurer, sold, given):
    made = make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert [(row.kind, row.number, row.sellers) for row in made] == [("new", 1, 1)]
    root = ET.fromstring(made[0].content)

    said = lambda path: root.findtext(path, namespaces=NAMES)  # noqa: E731
    assert made[0].name.startswith(f"DPIDAC7_{YEAR}_443061841_001_")
    assert said("d:MessageSpec/d:MessageTypeIndic") == "DPI401"
    who = "d:DPIBody/d:ReportableSeller/d:Identity/d:EntitySeller/d:Standard/"
    assert said(f"{who}d:EntSellerID/d:TIN") == "732829320"
    assert said(f"{who}d:FinancialIdentifier/d:Identifier") == "FR7630006000011234567890189"
    goods = "d:DPIBody/d:ReportableSeller/d:RelevantActivities/d:SaleOfGoods/"
    assert [said(f"{goods}d:Consideration/d:ConsQ{n}") for n in (1, 2, 3, 4)] == ["2580", "0", "0", "34"]
    assert [said(f"{goods}d:Fees/d:FeesQ{n}") for n in (1, 4)] == ["420", "6"]
    assert said("d:DPIBody/d:ReportableSeller/d:DocSpec/s:DocTypeIndic") == "OECD1"
    assert OutgoingMail.objects.filter(kind="ledger.tax.declared").count() == 1


def test_a_file_that_lacks_something_is_refused_by_the_schema(seller, declarant, sold, given):
    _name, made = trial_file(operator=declarant, year=YEAR)
    check(made)
    with pytest.raises(ValueError, match="ReportingPeriod"):
        check(made.replace(f"{YEAR}-12-31".encode(), b"last year"))


def test_what_changes_is_corrected_and_who_is_new_is_added(seller, declarant, treasurer, sold, given, owner):
    make_returns(operator=declarant, year=YEAR, by=treasurer)
    with pytest.raises(NothingToDeclare):
        make_returns(operator=declarant, year=YEAR, by=treasurer)
    post_refund(refund=refund_event("so-a", {"l0": 1_000}), now=at(12))
    other = OrganisationFactory(name="La Malle", slug="malle", admitted=True, siren="552100554")
    SiteFactory(organisation=other, address="2 rue du Puits")
    post_sale(sale=sale_event(other, [500_000]), now=at(6))

    correction, more = make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert [(row.kind, row.number) for row in (correction, more)] == [("correction", 2), ("new", 3)]
    root = ET.fromstring(correction.content)
    doc = root.find("d:DPIBody/d:ReportableSeller/d:DocSpec", NAMES)
    own = f"OP_{YEAR}_443061841_{seller.public_id}"
    assert [node.text for node in doc] == ["OECD2", f"{own}_v2", f"{own}_v1"]
    assert root.findtext("d:DPIBody/d:PlatformOperator/d:DocSpec/s:DocTypeIndic", namespaces=NAMES) == "OECD0"
    assert TaxReturnLine.objects.filter(seller=other).get().version == 1


def test_who_need_not_have_been_declared_is_withdrawn_once(seller, declarant, treasurer, sold, given):
    make_returns(operator=declarant, year=YEAR, by=treasurer)
    post_refund(refund=refund_event("so-a", {"l0": 300_000}), now=at(12))
    [row] = make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert (row.kind, row.lines.get().is_withdrawn) == ("correction", True)
    assert "OECD3" in row.content.decode()
    with pytest.raises(NothingToDeclare):
        make_returns(operator=declarant, year=YEAR, by=treasurer)


def test_an_empty_year_is_said_empty_and_a_running_one_waits(declarant, treasurer):
    [row] = make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert (row.kind, row.sellers) == ("nothing", 0)
    with pytest.raises(YearNotOver):
        make_returns(operator=declarant, year=timezone.localdate().year, by=treasurer)


def test_a_seller_without_number_or_seat_stops_the_file(seller, declarant, treasurer, sold):
    seller.siren = ""
    seller.save()
    with pytest.raises(TaxDataMissing, match="Ateliers du Confluent"):
        make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert not TaxReturn.objects.exists()


def test_sellers_are_asked_reminded_twice_then_held(seller, agreement, owner):
    post_sale(sale=sale_event(seller), now=timezone.now())
    account = Account.objects.get(kind="seller")
    now = timezone.now()
    left = [remind_sellers(now=now + datetime.timedelta(days=days)) for days in (0, 1, 19, 20, 39, 41, 59)]
    assert left == [1, 0, 0, 1, 0, 1, 0]
    mails = list(
        OutgoingMail.objects.filter(kind__startswith="ledger.tax").order_by("pk").values_list("text", flat=True)
    )
    assert len(mails) == 3
    assert "retenir vos versements" not in mails[0]
    assert "retenir vos versements" in mails[2]
    assert Held.TAX_DATA not in holds_of([account])[account.pk]

    file = TaxFile.objects.get()
    TaxFile.objects.update(asked_at=now - datetime.timedelta(days=61))
    assert Held.TAX_DATA in holds_of([account])[account.pk]
    give_tax_file(organisation=file.organisation, fields=GIVEN, by=owner)
    assert Held.TAX_DATA not in holds_of([account])[account.pk]
    assert remind_sellers(now=now + datetime.timedelta(days=70)) == 0


def test_whose_data_are_too_old_is_told_at_its_desk_until_it_confirms_them(as_user, owner, seller, agreement, given):
    post_sale(sale=sale_event(seller), now=timezone.now())
    assert remind_sellers() == 0
    TaxFile.objects.update(given_at=timezone.now() - datetime.timedelta(days=1_097))
    home, said = reverse("network:home"), "Vos données fiscales sont demandées"
    assert said not in as_user(owner).get(home).text
    assert remind_sellers() == 1
    assert asked_of(seller) == given
    assert said in as_user(owner).get(home).text
    give_tax_file(organisation=seller, fields=GIVEN, by=owner)
    assert asked_of(seller) is None


def test_no_step_is_taken_towards_a_seller_whom_nobody_can_write_to(seller, agreement):
    post_sale(sale=sale_event(seller), now=timezone.now())
    now = timezone.now()
    assert [remind_sellers(now=now + datetime.timedelta(days=days)) for days in (0, 25, 50, 70)] == [0, 0, 0, 0]
    assert TaxFile.objects.get().asked_at is None
    assert Held.TAX_DATA not in holds_of([Account.objects.get(kind="seller")])[Account.objects.get(kind="seller").pk]


def test_nobody_is_asked_who_gave_its_data_or_sold_nothing(seller, agreement, given):
    assert remind_sellers() == 0
    post_sale(sale=sale_event(seller))
    assert remind_sellers() == 0


def test_what_is_older_than_ten_years_goes(seller, declarant, treasurer, sold, given):
    make_returns(operator=declarant, year=YEAR, by=treasurer)
    assert forget_tax_data(today=datetime.date(YEAR + 11, 12, 31)) == 0
    assert forget_tax_data(today=datetime.date(YEAR + 12, 1, 1)) == 1
    assert not TaxReturn.objects.exists()
    TaxFile.objects.update(given_at=at(12))
    assert forget_tax_data(today=datetime.date(YEAR + 12, 1, 1)) == 1
    assert not TaxFile.objects.exists()


def test_the_command_writes_trials_and_declarations(seller, declarant, sold, given, tmp_path, capsys):
    call_command("export_dac7", "--year", str(YEAR), "--trial", "--folder", str(tmp_path), "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["is_trial"], found["declared"], found["missing"]) == (True, 1, [])
    assert b"OECD11" in (tmp_path / found["files"][0].rsplit("/", 1)[-1]).read_bytes()
    for _time in range(2):
        call_command("export_dac7", "--year", str(YEAR), "--folder", str(tmp_path), "--json")
        assert len(json.loads(capsys.readouterr().out)["files"]) == 1
    declarant.siren = ""
    declarant.save()
    with pytest.raises(CommandError, match="SIREN"):
        call_command("export_dac7", "--year", str(YEAR), "--trial", "--folder", str(tmp_path))


def test_the_treasurer_declares_a_year_at_the_desk(as_user, treasurer, owner, declarant, seller, sold, given):
    page, client = reverse("ledger:tax-year", args=[YEAR]), as_user(treasurer)
    text = client.get(page).text
    assert "Les Ateliers du Confluent" in text
    assert "À vérifier" in text
    assert client.get(reverse("ledger:tax-home")).status_code == 302
    assert client.get(reverse("ledger:tax-year", args=[1999])).status_code == 404
    assert b"OECD11" in client.get(reverse("ledger:tax-trial", args=[YEAR])).content
    made = client.post(reverse("ledger:tax-return-make", args=[YEAR]), follow=True)
    assert "1 fichier est prêt" in made.text
    again = client.post(reverse("ledger:tax-return-make", args=[YEAR]), follow=True)
    assert "Tout est déjà déclaré" in again.text
    row, line = TaxReturn.objects.get(), TaxReturnLine.objects.get()
    download = client.get(reverse("ledger:tax-return-file", args=[row.public_id]))
    assert b"DPI401" in b"".join(download.streaming_content)
    assert client.get(reverse("ledger:tax-letter", args=[line.public_id])).content.startswith(b"%PDF")
    assert as_user(owner).get(reverse("ledger:own-tax-letter", args=[line.public_id])).content.startswith(b"%PDF")
    assert as_user(owner).get(page).status_code == 403


def test_who_reads_a_declaration_or_makes_a_trial_of_it_is_in_the_journal(as_user, treasurer, declarant, sold, given):
    made = make_returns(operator=declarant, year=YEAR, by=treasurer)[0]
    client = as_user(treasurer)
    assert b"".join(client.get(reverse("ledger:tax-return-file", args=[made.public_id])).streaming_content)
    assert client.get(reverse("ledger:tax-trial", args=[YEAR])).status_code == 200
    rows = Entry.objects.filter(action__startswith="ledger.tax_return.").exclude(action__endswith=".made")
    assert list(rows.order_by("pk").values_list("action", "subject_id", "actor_id")) == [
        ("ledger.tax_return.read", made.public_id, treasurer.public_id),
        ("ledger.tax_return.tried", declarant.public_id, treasurer.public_id),
    ]


def test_the_treasurer_verifies_or_asks_again(as_user, treasurer, declarant, sold, given):
    page, client = reverse("ledger:tax-file", args=[given.public_id]), as_user(treasurer)
    assert "Association des Ateliers" in client.get(page).text
    assert "FR7630006000011234567890189" not in client.get(page).text
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"verify": "1"})
    assert TaxFile.objects.get().verified_by == "Tina Trésor"
    client.post(page, {"reason": "Le siège a changé"})
    assert (TaxFile.objects.get().given_at, TaxFile.objects.get().note) == (None, "Le siège a changé")


def test_a_manager_gives_the_data_and_a_stranger_does_not(as_user, owner, colleague, stranger, seller, operator):
    page = reverse("ledger:own-tax")
    assert 'name="legal_name" value="' in as_user(owner).get(page).text.replace("\n", " ")
    form = GIVEN | {"establishments": "be"}
    assert as_user(owner).post(page, form | {"tax_number": "123"}).status_code == 422
    assert as_user(owner).post(page, form | {"establishments": "zz"}).status_code == 422
    assert as_user(owner).post(page, form).status_code == 302
    file = TaxFile.objects.get()
    assert (file.organisation, file.establishments) == (seller, ["BE"])
    assert "0189" in as_user(owner).get(page).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_any_number(as_user, treasurer, operator, number, django_assert_num_queries):
    for n in range(number):
        other = OrganisationFactory(admitted=True, name=f"S{n}", slug=f"s{n}")
        post_sale(sale=sale_event(other, [300_000 + n]), now=at(5))
        TaxFile.objects.create(organisation=other)
    client, page = as_user(treasurer), reverse("ledger:tax-year", args=[YEAR])
    client.get(page)
    with django_assert_num_queries(13):
        client.get(page)


def test_a_year_that_was_counted_costs_one_query_more_than_its_rows(
    as_user, treasurer, operator, sold, django_assert_num_queries
):
    count_year(operator=operator, year=YEAR)
    client, page = as_user(treasurer), reverse("ledger:tax-year", args=[YEAR])
    client.get(page)
    with django_assert_num_queries(8):
        client.get(page)


def test_the_page_shows_the_last_count_and_a_declaration_counts_anew(as_user, treasurer, declarant, sold, seller):
    client, page = as_user(treasurer), reverse("ledger:tax-year", args=[YEAR])
    assert "Ventes comptées le" not in client.get(page).text
    count_years(now=at(6))
    before = last_count(declarant, YEAR)
    assert before.sold == years_sold(declarant, YEAR)
    assert before.at == at(6)
    assert "Ventes comptées le" in client.get(page).text

    post_sale(sale=sale_event(seller, [700_000]), now=at(7))
    assert last_count(declarant, YEAR) == before
    assert rows_of(declarant, YEAR)[0].sales == rows_of(declarant, YEAR, counted=before)[0].sales + 1

    assert client.post(reverse("ledger:tax-count", args=[YEAR])).status_code == 302
    call_command("worker", batch=True)
    assert last_count(declarant, YEAR).sold == years_sold(declarant, YEAR)
    assert SoldCount.objects.filter(year=YEAR).count() == 1


def test_the_year_before_is_counted_until_march(declarant, sold):
    assert count_years(now=at(3, YEAR + 1)) == 2
    assert count_years(now=at(4, YEAR + 1)) == 1
    assert set(SoldCount.objects.values_list("year", flat=True)) == {YEAR, YEAR + 1}


def test_a_count_is_asked_by_who_declares_only(as_user, reader, sold):
    assert as_user(reader).post(reverse("ledger:tax-count", args=[YEAR])).status_code == 403
    assert not SoldCount.objects.exists()


def test_another_operators_treasurer_sees_nothing(as_user, sold, given, seller):
    other = OrganisationFactory(name="Autre réseau", slug="autre", kind="operator")
    stranger = MembershipFactory(organisation=other, role="finance").user
    client = as_user(stranger)
    assert client.get(reverse("ledger:tax-file", args=[given.public_id])).status_code == 404
    assert "Ateliers du Confluent" not in client.get(reverse("ledger:tax-year", args=[YEAR])).text
