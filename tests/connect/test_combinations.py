"""PrestaShop's combinations become items: their own reference, barcode, price, stock, colour and size."""

import re

import pytest

from rebond.catalogue.models import Item
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.uploads import set_target, upload_import
from rebond.connect.errors import ImportRefused
from rebond.connect.formats import Source, detect, open_rows
from rebond.connect.formats.combinations import plus, title_with
from rebond.connect.models import ImportRun
from tests.conftest import SHARED, needs_shared
from tests.factories.connect import upload

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
ANSWERS = SHARED / "data" / "shop-imports" / "prestashop-webservice"
ROOT = '<?xml version="1.0" encoding="UTF-8"?><prestashop xmlns:xlink="http://www.w3.org/1999/xlink"{}>'


def inside(name):
    return re.search(r"<prestashop[^>]*>(.*)</prestashop>", (ANSWERS / name).read_text(encoding="utf-8"), re.DOTALL)[1]


def stock(combination, quantity):
    return (
        f"<stock_available><id_product>1</id_product><id_product_attribute>{combination}</id_product_attribute>"
        f"<quantity>{quantity}</quantity></stock_available>"
    )


def gathered(*, products_first=False, changed=lambda text: text):
    """The recorded answers about one product, as one file."""
    lookups = "".join(
        inside(f"{name}.xml")
        for name in (
            "categories_5", "product_options_1", "product_options_3", "product_option_values_1",
            "product_option_values_2", "product_option_values_3", "product_option_values_4",
        )
    )  # fmt: skip
    combinations = changed("".join(inside(f"combinations_{n}.xml") for n in (1, 2, 3)))
    parts = [lookups, combinations, stock(1, 4), stock(2, 0), stock(3, 2)]
    parts = [inside("products_1.xml"), *parts] if products_first else [*parts, inside("products_1.xml")]
    return f"{ROOT.format('')}{''.join(parts)}</prestashop>".encode()


def imported(seller, novels, content, name="shop.xml", target="draft"):
    run = upload_import(seller=seller, upload=upload(content, name), by=None)
    ImportRun.objects.filter(pk=run.pk).update(defaults={"category_id": novels.pk, "condition": "good"})
    run.refresh_from_db()
    set_target(run=run, target=target, by=None)
    start_import(run=run, by=None, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    return run


@needs_shared
@pytest.mark.parametrize("products_first", [False, True])
def test_each_combination_of_a_recorded_shop_is_an_item(seller, novels, products_first):
    def changed(text):
        """The second has its own price, weight, reference and barcode."""
        head, one, rest = re.split(r"(<combination>.*?</combination>)", text, maxsplit=1, flags=re.DOTALL)
        one = one.replace("<price><![CDATA[0.000000]]></price>", "<price><![CDATA[-1.510000]]></price>")
        one = one.replace("<weight><![CDATA[0.000000]]></weight>", "<weight>0.25</weight>")
        one = one.replace("<reference></reference>", "<reference>DEMO-S</reference>")
        return head + one.replace("<ean13></ean13>", "<ean13>4006381333931</ean13>") + rest

    run = imported(seller, novels, gathered(products_first=products_first, changed=changed))
    assert (run.rows_read, run.created, run.refused, run.skipped) == (4, 2, 1, 1)
    assert set(run.rows.exclude(outcome="created").values_list("line", "code")) == {(1, "parent"), (3, "quantity_zero")}
    first, third = Item.objects.order_by("external_ref")
    assert (first.external_ref, first.price_cents, first.weight_g, first.gtin, first.quantity) == (
        "DEMO-S", 1500, 250, "4006381333931", 4,
    )  # fmt: skip
    assert (third.external_ref, third.price_cents, third.gtin, third.quantity) == ("demo_1-3", 1651, "", 2)
    assert first.size == "S"
    assert first.title.startswith("Faded Short Sleeves T-shirt – S")
    assert third.size == "M"
    sources = list(run.pictures.filter(item=first).values_list("source", flat=True))
    assert sources == ["http://prestashop.example/img/p/1/1.jpg", "http://prestashop.example/img/p/2/2.jpg"]


@needs_shared
def test_the_same_shop_twice_changes_nothing(seller, novels):
    imported(seller, novels, gathered())
    again = imported(seller, novels, gathered())
    assert (again.created, again.updated, again.unchanged, again.refused) == (0, 0, 2, 1)


def test_other_attributes_are_said_in_words(tmp_path):
    text = (
        ROOT.format(' ordered="1"') + "<product_options><product_option><id>1</id><name>Matière</name></product_option>"
        "<product_option><id>2</id><name>Couleur</name></product_option></product_options><product_option_values>"
        "<product_option_value><id>8</id><id_attribute_group>1</id_attribute_group><name>Lin</name></product_option_value>"
        "<product_option_value><id>9</id><id_attribute_group>2</id_attribute_group><name>Bleu</name></product_option_value>"
        "</product_option_values><combinations><combination><id>3</id><id_product>7</id_product><reference>N</reference>"
        "<quantity>5</quantity><associations><product_option_values><product_option_value><id>8</id></product_option_value>"
        "<product_option_value><id>9</id></product_option_value></product_option_values></associations></combination>"
        "</combinations><products><product><id>7</id><reference>N</reference><ean13>4006381333931</ean13><price>10</price>"
        "<description_short>Belle</description_short><name>Nappe</name></product></products></prestashop>"
    )
    path = tmp_path / "shop.xml"
    path.write_text(text, encoding="utf-8")
    source = Source(path, "shop.xml")
    parent, row = open_rows(source, detect(source))
    assert (parent.skip, parent.line, row.line) == ("parent", 1, 2)
    wanted = {
        "reference": "N-3", "name": "Nappe – Lin, Bleu", "color": "Bleu", "size": "", "quantity": "5", "ean13": "",
        "description_short": "Matière\u00a0: Lin\n\nBelle", "price": "10",
    }  # fmt: skip
    assert {key: row.values[key] for key in wanted} == wanted


CSV = (
    "Product ID;Name *;Categories (x,y,z...);Price tax included;Reference #;EAN13;Weight;Quantity;"
    "Attribute (Name:Type:Position)*;Value (Value:Position)*;Impact on price;Impact on weight\n"
    "1;Pull;Romans;20;PULL;4006381333931;0.4;9;;;;\n"
    "1;;;;;;;3;Couleur:color:0, Taille:select:1;Rouge:0, L:1;2.50;0.1\n"
    "1;;;;PULL-M;40170725;;1;Couleur:color:0, Taille:select:1;Bleu:0, M:1;-5;\n"
    "2;Vase;Romans;8;;;1;1;;;;\n"
)


def test_combinations_of_a_table_follow_their_product(seller, novels):
    run = imported(seller, novels, CSV, "stock.csv")
    assert (run.format, run.rows_read, run.created, run.skipped, run.refused) == ("prestashop-csv", 4, 3, 1, 0)
    rows = ("external_ref", "title", "price_cents", "weight_g", "gtin", "quantity", "color", "size")
    assert list(Item.objects.order_by("external_ref").values_list(*rows)) == [
        ("PULL-M", "Pull – Bleu, M", 1500, 400, "40170725", 1, "Bleu", "M"),
        ("PULL-rouge-l", "Pull – Rouge, L", 2250, 500, "", 3, "Rouge", "L"),
        ("presta-2", "Vase", 800, 1000, "", 1, "", ""),
    ]


def test_a_table_of_combinations_without_their_products_says_what_to_send(seller):
    text = "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference\n1;Taille:select:0;L:0;A\n"
    with pytest.raises(ImportRefused, match="without their products"):
        upload_import(seller=seller, upload=upload(text), by=None)


@pytest.mark.parametrize(
    ("base", "impact", "result"),
    [
        ("16.51", "0.000000", "16.51"),
        ("10", "-1,5", "8.5"),
        ("10", "+2", "12"),
        ("1", "-3", "0"),
        ("x", "1", "x"),
        ("", "2", "2"),
    ],
)
def test_an_impact_changes_a_price(base, impact, result):
    assert plus(base, impact) == result


def test_a_title_that_would_be_too_long_is_the_products_own():
    assert title_with("x" * 148, [("Taille", "L")]) == "x" * 148
    assert title_with("Pull", []) == "Pull"
