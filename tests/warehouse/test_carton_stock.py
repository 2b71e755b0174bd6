"""Cartons for parcels: what there is, what came, what was counted; their desk."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from rebond.warehouse.actions.carton import (
    Kind,
    add_carton,
    change_carton,
    close_carton,
    count_cartons,
    receive_cartons,
    use_carton,
)
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.night import check_at_night
from rebond.warehouse.errors import CartonClosed, FieldInvalid
from rebond.warehouse.models import Carton, CartonMove

pytestmark = pytest.mark.django_db


def kind(**facts):
    return Kind(**{"name": "M", "length_mm": 300, "width_mm": 400, "height_mm": 250, **facts})


@pytest.fixture
def carton(site, owner):
    return add_carton(site=site, kind=kind(least=5), number=8, by=owner)


def moves(carton):
    return list(CartonMove.objects.filter(carton=carton).order_by("pk").values_list("number", "reason"))


def test_add_carton_keeps_the_longest_side_first_and_counts_by_a_move(carton, site):
    assert (carton.inner, carton.organisation) == ((400, 300, 250), site.organisation)
    carton.refresh_from_db()
    assert (carton.left, moves(carton)) == (8, [(8, "received")])


@pytest.mark.parametrize(("facts", "field"), [({"width_mm": 0}, "width_mm"), ({"height_mm": 3001}, "height_mm")])
def test_add_carton_refuses_measures_that_no_carton_has(site, owner, facts, field):
    with pytest.raises(FieldInvalid) as refused:
        add_carton(site=site, kind=kind(**facts), number=1, by=owner)
    assert refused.value.field == field
    assert not Carton.objects.exists()


def test_check_stock_says_which_cartons_differ_from_their_moves_and_repairs_them(carton, site, owner):
    other = add_carton(site=site, kind=kind(name="L"), number=3, by=owner)
    add_carton(site=site, kind=kind(name="XL"), number=0, by=owner)
    assert (check_stock().is_right, check_stock().carton_kinds) == (True, 3)
    Carton.objects.filter(pk=other.pk).update(left=7)  # what no action does
    report = check_stock()
    assert report.cartons == [{"carton": other.public_id, "moves": 3, "left": 7}]
    assert not report.is_right
    assert check_stock(repair=True).is_right
    other.refresh_from_db()
    assert (other.left, check_stock().carton_differences) == (3, 0)


def test_cartons_whose_moves_are_below_nothing_are_told_and_left_alone(carton):
    CartonMove.objects.create(carton=carton, number=-20, reason="used")
    report = check_stock(repair=True)
    assert report.cartons == [{"carton": carton.public_id, "moves": -12, "left": 8}]
    assert (report.carton_repaired, report.is_right) == (0, False)


@pytest.mark.page
def test_the_night_tells_the_desk_which_cartons_do_not_add_up(as_user, owner, stranger, carton):
    Carton.objects.filter(pk=carton.pk).update(left=9)
    check_at_night()
    assert "Le compte d’une sorte de cartons est faux" in as_user(owner).get("/bureau/").text
    where = f"/bureau/stock/emballages/{carton.public_id}/"
    assert where in as_user(owner).get("/bureau/stock/verification/").text
    assert where not in as_user(stranger).get("/bureau/stock/verification/").text


def test_a_name_is_taken_once_at_a_site_until_it_is_out_of_use(carton, site, owner):
    with pytest.raises(FieldInvalid) as refused:
        add_carton(site=site, kind=kind(), number=0, by=owner)
    assert refused.value.field == "name"
    close_carton(carton=carton, by=owner)
    assert add_carton(site=site, kind=kind(), number=0, by=owner).pk != carton.pk


def test_receive_cartons_twice_with_one_operation_is_once(carton, owner):
    operation = uuid.uuid4()
    assert receive_cartons(carton=carton, number=20, by=owner, operation_id=operation)
    assert not receive_cartons(carton=carton, number=20, by=owner, operation_id=operation)
    carton.refresh_from_db()
    assert (carton.left, moves(carton)) == (28, [(8, "received"), (20, "received")])


def test_receive_and_count_refuse_what_is_out_of_use(carton, owner):
    close_carton(carton=carton, by=owner)
    with pytest.raises(CartonClosed):
        receive_cartons(carton=carton, number=2, by=owner, operation_id=uuid.uuid4())
    with pytest.raises(CartonClosed):
        count_cartons(carton=carton, number=2, by=owner)
    assert moves(carton) == [(8, "received")]


def test_count_cartons_moves_the_difference_and_nothing_where_it_is_right(carton, owner):
    assert count_cartons(carton=carton, number=8, by=owner).left == 8
    assert count_cartons(carton=carton, number=3, by=owner).left == 3
    assert moves(carton) == [(8, "received"), (-5, "counted")]
    assert carton.is_low


def test_use_carton_takes_one_once_and_finds_the_one_in_the_hands(carton, owner):
    count_cartons(carton=carton, number=1, by=owner)
    first, second = uuid.uuid4(), uuid.uuid4()
    with transaction.atomic():
        assert use_carton(carton=carton, operation_id=first)
        assert not use_carton(carton=carton, operation_id=first)
        assert use_carton(carton=carton, operation_id=second)
    carton.refresh_from_db()
    assert carton.left == 0
    assert moves(carton)[-3:] == [(-1, "used"), (1, "found"), (-1, "used")]


def test_the_database_refuses_a_count_below_zero(carton):
    with pytest.raises(IntegrityError), transaction.atomic():
        Carton.objects.filter(pk=carton.pk).update(left=-1)


def test_change_carton_refuses_an_older_page(carton, owner):
    change_carton(carton=carton, kind=kind(name="L"), version=carton.version, by=owner)
    with pytest.raises(FieldInvalid):
        change_carton(carton=carton, kind=kind(name="XL"), version=1, by=owner)
    carton.refresh_from_db()
    assert carton.name == "L"


@pytest.mark.page
class TestDesk:
    @pytest.fixture
    def desk(self, client, owner):
        client.force_login(owner)
        return client

    def test_a_carton_is_added_once_and_shown(self, desk, site):
        asked = {
            "operation": str(uuid.uuid4()),
            "site": site.pk,
            "name": "Boîte à chaussures",
            "number": "12",
            "length_mm": "33",
            "width_mm": "19,5",
            "height_mm": "12",
            "is_salvaged": "on",
            "most_g": "3 kg",
        }
        for _ in range(2):
            answer = desk.post("/bureau/stock/emballages/nouveau/", asked)
            assert answer.status_code == 302
        made = Carton.objects.get()
        assert (made.inner, made.left, made.most_g, made.is_salvaged) == ((330, 195, 120), 12, 3000, True)
        page = desk.get(answer.url).content.decode()
        assert "33 × 19,5 × 12 cm" in page

    def test_a_refused_form_keeps_its_words_beside_the_error(self, desk, site):
        answer = desk.post(
            "/bureau/stock/emballages/nouveau/",
            {"site": site.pk, "name": "Une longue boîte", "number": "1", "length_mm": "beaucoup"},
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Une longue boîte" in page
        assert "beaucoup" in page
        assert not Carton.objects.exists()

    def test_the_list_takes_as_many_queries_for_three_as_for_one(
        self, desk, site, owner, carton, django_assert_num_queries
    ):
        for number in (1, 3):
            for n in range(Carton.objects.count(), number):
                add_carton(site=site, kind=kind(name=f"M{n}"), number=n, by=owner)
            with django_assert_num_queries(6):
                page = desk.get("/bureau/stock/emballages/").content.decode()
            assert page.count('href="/bureau/stock/emballages/') == number + 2

    def test_low_ones_have_their_list(self, desk, carton, owner):
        count_cartons(carton=carton, number=2, by=owner)
        page = desk.get("/bureau/stock/emballages/?choix=rares").content.decode()
        assert "M</a>" in page
        count_cartons(carton=carton, number=6, by=owner)
        assert "M</a>" not in desk.get("/bureau/stock/emballages/?choix=rares").content.decode()

    @pytest.mark.parametrize(("way", "left"), [("arrivee", 13), ("comptage", 5)], ids=["some came", "counted again"])
    def test_a_number_is_noted(self, desk, carton, way, left):
        where = f"/bureau/stock/emballages/{carton.public_id}/{way}/"
        asked = {"number": "5", "operation": str(uuid.uuid4())}
        assert desk.post(where, asked).status_code == 302
        carton.refresh_from_db()
        assert carton.left == left
        assert desk.post(where, {"number": "-3"}).status_code == 422
        carton.refresh_from_db()
        assert carton.left == left

    def test_another_organisation_sees_none(self, client, stranger, carton):
        client.force_login(stranger)
        assert client.get(f"/bureau/stock/emballages/{carton.public_id}/").status_code == 404
