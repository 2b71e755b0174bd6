"""Pick-up points: imported from a carrier's file, closed when they leave it, found near a postal code."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from rebond.journal.models import Entry
from rebond.network.actions.pickup_points import import_pickup_points
from rebond.network.models import PickupPoint
from rebond.network.queries.pickup_points import carriers_with_points, near_points

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
HEAD = "carrier;code;name;address;postal_code;city;latitude;longitude;hours\n"
BRIDGE = "Relais;A1;Tabac du Pont;3 quai du Pont;47200;Marmande;44,5010;0,1650;Lun.–sam. 8 h – 19 h\n"
STATION = "Relais;A2;Café de la Gare;1 place de la Gare;47200;Marmande;44.5100;0.1700;\n"
FAR = "Relais;B1;Presse;2 rue Nationale;37000;Tours;47.3940;0.6880;\n"


def read(*lines, operator=None):
    return import_pickup_points(lines=[HEAD, *lines], operator=operator)


def test_a_file_is_read_then_followed(operator):
    report = read(BRIDGE, STATION, operator=operator)
    assert (report.read, report.kept, report.closed, report.carriers, report.wrong) == (2, 2, 0, ["Relais"], [])
    again = read(BRIDGE.replace("Tabac du Pont", "Tabac Neuf"), operator=operator)
    assert (again.kept, again.closed) == (1, 1)
    assert list(PickupPoint.objects.order_by("code").values_list("name", "is_open")) == [
        ("Tabac Neuf", True),
        ("Café de la Gare", False),
    ]
    read(BRIDGE, STATION, operator=operator)
    assert PickupPoint.objects.filter(is_open=True).count() == 2
    assert Entry.objects.filter(action="network.pickup_points.imported").count() == 3


def test_another_carrier_is_left_alone():
    read(BRIDGE)
    read("Autre;A1;Presse;2 rue Nationale;37000;Tours;47.3940;0.6880;\n")
    assert PickupPoint.objects.filter(is_open=True).count() == 2
    assert carriers_with_points(["Relais", "Autre", "Rien", ""]) == {"Relais", "Autre"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (BRIDGE.replace("47200", "00000"), "'00000' does not exist"),
        (BRIDGE.replace("44,5010", "nord"), "no number"),
        (BRIDGE.replace("44,5010", "94.5"), "not on the earth"),
        (BRIDGE.replace("Tabac du Pont", " "), "name: empty"),
        (BRIDGE.replace("44,5010", "NaN"), "not on the earth"),
        (STATION, "A2 twice"),
    ],
)
def test_a_wrong_line_is_told_and_left_out(line, why):
    report = read(STATION, line)
    assert (report.read, report.kept) == (2, 1)
    assert why in report.wrong[0]
    assert report.wrong[0].startswith("line 3")


def test_a_file_without_its_columns_changes_nothing():
    read(BRIDGE)
    with pytest.raises(ValueError, match="latitude"):
        import_pickup_points(lines=["carrier;code;name;address;postal_code;city\n"], operator=None)
    assert read().kept == 0
    assert PickupPoint.objects.filter(is_open=True).count() == 1


def test_the_command_answers_in_json(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(HEAD + BRIDGE, encoding="utf-8")
    out = io.StringIO()
    call_command("import_pickup_points", str(file), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"read": 1, "kept": 1, "closed": 0, "carriers": ["Relais"], "wrong": []}
    file.write_text("a;b\n", encoding="utf-8")
    with pytest.raises(CommandError, match="columns are missing"):
        call_command("import_pickup_points", str(file))


def test_the_nearest_come_first_within_fifty_kilometres():
    read(STATION, BRIDGE, FAR)
    found = near_points("Relais", "47200")
    assert [(near.number, near.point.code) for near in found] == [(1, "A1"), (2, "A2")]
    assert all(-100 <= at <= 100 for near in found for at in (near.x, near.y))
    assert found[0].metres < found[1].metres < 5_000
    assert found[0].distance.endswith("m")
    assert near_points("Relais", "97400") == []
    assert near_points("Relais", "00000") == []
    assert near_points("Autre", "47200") == []


def test_a_closed_point_is_not_shown():
    read(BRIDGE)
    PickupPoint.objects.update(is_open=False)
    assert near_points("Relais", "47200") == []
    assert carriers_with_points(["Relais"]) == set()
