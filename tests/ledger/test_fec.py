"""The file that the tax office may ask for: its columns, its order, its balance."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Posting
from rebond.ledger.queries import fec
from rebond.ledger.queries.fec import COLUMNS, Exercise, fec_lines
from tests.factories.ledger import refund_event, sale_event

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
YEAR = (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def at(month, day=5):
    return datetime.datetime(2026, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def year(seller, operator, agreement):
    operator.siren = "732829320"
    operator.save()
    post_sale(sale=sale_event(seller, [2_000], key="so-a"), now=at(3))
    post_refund(refund=refund_event("so-a", {"l0": 500}, reason="Un\tretour\nd’objet"), now=at(4))
    post_sale(sale=sale_event(seller, [700], key="so-b"), now=at(12, 31))
    post_sale(sale=sale_event(seller, [900], key="so-c"), now=datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC))
    return Exercise(operator, *YEAR)


def rows_of(exercise):
    header, *lines = fec_lines(exercise)
    assert header.split("\t") == list(COLUMNS)
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def cents(text):
    whole, rest = text.split(",")
    return int(whole) * 100 + int(rest)


def test_eighteen_columns_in_the_order_of_the_law():
    assert len(COLUMNS) == 18
    assert (COLUMNS[0], COLUMNS[2], COLUMNS[11], COLUMNS[12], COLUMNS[17]) == (
        "JournalCode",
        "EcritureNum",
        "Debit",
        "Credit",
        "Idevise",
    )


def test_each_entry_balances_and_numbers_follow(year):
    rows = rows_of(year)
    numbers = [int(row["EcritureNum"]) for row in rows]

    assert sorted(set(numbers)) == [1, 2, 3]
    assert numbers == sorted(numbers)
    for number in (1, 2, 3):
        mine = [row for row in rows if row["EcritureNum"] == str(number)]
        assert sum(cents(row["Debit"]) for row in mine) == sum(cents(row["Credit"]) for row in mine) > 0
    assert len(rows) == Posting.objects.filter(on__lte=YEAR[1]).count()


def test_a_line_says_what_the_order_asks(year, seller):
    first = next(row for row in rows_of(year) if row["CompteNum"] == "467100")
    assert first == {
        "JournalCode": "VE",
        "JournalLib": "Ventes",
        "EcritureNum": "1",
        "EcritureDate": "20260305",
        "CompteNum": "467100",
        "CompteLib": "Vendeurs",
        "CompAuxNum": seller.public_id.upper(),
        "CompAuxLib": "Les Ateliers du Confluent",
        "PieceRef": "so-a",
        "PieceDate": "20260305",
        "EcritureLib": "Sale SO-A Price of the objects",
        "Debit": "0,00",
        "Credit": "20,00",
        "EcritureLet": "",
        "DateLet": "",
        "ValidDate": "20260305",
        "Montantdevise": "",
        "Idevise": "",
    }
    assert {row["JournalCode"] for row in rows_of(year)} == {"VE", "RB"}


def test_pieces_of_a_long_year_follow_one_another(year, monkeypatch):
    whole = rows_of(year)
    monkeypatch.setattr(fec, "AT_ONCE", 1)
    assert rows_of(year) == whole


def test_entries_are_numbered_by_their_day(year, seller, monkeypatch):
    post_sale(sale=sale_event(seller, [800], key="so-late"), now=at(2))
    monkeypatch.setattr(fec, "AT_ONCE", 1)
    rows = rows_of(year)
    assert [row["EcritureDate"] for row in rows] == sorted(row["EcritureDate"] for row in rows)
    assert list(dict.fromkeys(row["EcritureNum"] for row in rows)) == ["1", "2", "3", "4"]
    assert rows[0]["PieceRef"] == "so-late"


def test_a_year_begins_with_the_balances_of_the_one_before(year, operator, seller):
    assert all(row["JournalCode"] != "AN" for row in rows_of(year)), "nothing was posted before"
    rows = rows_of(Exercise(operator, datetime.date(2027, 1, 1), datetime.date(2027, 12, 31)))
    opening = [row for row in rows if row["EcritureNum"] == "1"]
    found = {row["CompteNum"]: cents(row["Debit"]) - cents(row["Credit"]) for row in opening}
    totals = dict(
        Posting.objects.filter(on__lte=YEAR[1]).values_list("account__kind").annotate(n=Sum("cents")).order_by()
    )
    result = totals.pop("commission")  # less the solidarity levy and the VAT, what the operator earned
    numbers = {fec.CHART[kind][0]: n for kind, n in totals.items()}
    assert found == numbers | {"110000": result}
    assert sum(found.values()) == 0
    assert {(row["JournalCode"], row["EcritureDate"], row["PieceRef"]) for row in opening} == {
        ("AN", "20270101", "AN20270101")
    }
    assert [row["CompAuxNum"] for row in opening if row["CompteNum"] == "467100"] == [seller.public_id.upper()]
    assert {row["EcritureNum"] for row in rows} == {"1", "2"}


def test_every_kind_of_account_has_a_number():
    assert set(fec.CHART) == set(AccountKind)
    assert len({number for number, _name in fec.CHART.values()}) == len(fec.CHART)


def test_the_command_writes_the_file_under_its_legal_name(year, tmp_path, capsys):
    call_command("export_fec", "--from=2026-01-01", "--to=2026-12-31", f"--folder={tmp_path}", "--json")
    said = json.loads(capsys.readouterr().out)
    text = (tmp_path / "732829320FEC20261231.txt").read_bytes().decode()
    assert said["lines"] == text.count("\r\n") - 1
    with pytest.raises(CommandError):
        call_command("export_fec", "--from=2026-12-31", "--to=2026-01-01")
