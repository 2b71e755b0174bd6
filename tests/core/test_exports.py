import datetime
import io
import tracemalloc

import openpyxl
import pytest
from django.test import RequestFactory
from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.exports import Column, csv_lines, stream_export, wanted_export, write_xlsx
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.unit
COLUMNS = [
    Column("Nom", "name"),
    Column("Prix", "cents", "cents"),
    Column("Poids", "grams", "grams"),
    Column("Jour", "day", "date"),
    Column("Quand", "at", "datetime"),
    Column("Actif", "on", "yes"),
    Column("Nombre", "n", "number"),
    Column("Chez", "where.city"),
]
ROW = {
    "name": "Chaise; « été »",
    "cents": -1250,
    "grams": 4200,
    "day": datetime.date(2026, 3, 1),
    "at": datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC),
    "on": True,
    "n": 3,
    "where": {"city": "Marmande"},
}


def lines(rows, columns=COLUMNS):
    text = b"".join(csv_lines(rows, columns))
    assert text.startswith(b"\xef\xbb\xbf")
    return text[3:].decode().split("\r\n")


def test_csv_is_what_a_french_spreadsheet_wants():
    assert lines([ROW]) == [
        "Nom;Prix;Poids;Jour;Quand;Actif;Nombre;Chez",
        '"Chaise; « été »";-12,50;4,200;2026-03-01;2026-03-02 00:30;oui;3;Marmande',
        "",
    ]


def test_empty_values_are_empty_cells():
    assert lines([dict.fromkeys(ROW)])[1] == ";;;;;;;"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_would_run_as_a_formula_is_defused(text):
    data = b"".join(csv_lines([{"name": text}], [Column("Nom", "name")])).decode()
    assert f"'{text}" in data

    file = io.BytesIO()
    write_xlsx(file, [{"name": text}], [Column("Nom", "name")])
    cell = openpyxl.load_workbook(file).active["A2"]
    assert cell.data_type == "s"


def test_xlsx_holds_numbers_and_dates():
    file = io.BytesIO()

    assert write_xlsx(file, [ROW, ROW | {"name": "\x00<b>\x0b"}], COLUMNS) == 2

    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[1] == (
        "Chaise; « été »",
        -12.5,
        4.2,
        datetime.datetime(2026, 3, 1),
        datetime.datetime(2026, 3, 2, 0, 30),
        "oui",
        3,
        "Marmande",
    )
    assert rows[2][0] == "<b>"


def test_answer_downloads_what_the_address_asks(db):
    UserFactory(name="Léa")
    users, columns = User.objects.order_by("pk"), [Column("Nom", "name")]
    get = RequestFactory().get

    assert wanted_export(get("/"), users, columns, "x") is None
    answer = wanted_export(get("/?export=csv"), users, columns, "Mes objets")
    assert answer["Content-Disposition"] == 'attachment; filename="Mes-objets.csv"'
    assert b"".join(answer).decode("utf-8-sig") == "Nom\r\nLéa\r\n"
    answer = wanted_export(get("/?export=xlsx"), users, columns, "objets")
    assert answer["Content-Disposition"] == 'attachment; filename="objets.xlsx"'
    assert b"".join(answer).startswith(b"PK")
    answer.close()


@pytest.mark.django_db  # the end of an answer looks at the connections
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_rows(kind):
    def peak(count):
        rows = ({"name": f"Objet {n}", "cents": n} for n in range(count))
        tracemalloc.start()
        answer = stream_export(rows, COLUMNS[:2], kind, "x")
        for _ in answer:
            pass
        answer.close()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(100)
    assert peak(4_000) < peak(500) + 300_000


def test_naive_moment_is_left_alone():
    row = {"at": timezone.make_naive(ROW["at"])}

    assert lines([row], [Column("Quand", "at", "datetime")])[1] == "2026-03-02 00:30"
