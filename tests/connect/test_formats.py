"""Which format a file is, whatever its encoding and separator, and what is refused."""

import io
import stat
import zipfile

import openpyxl
import pytest

from rebond.connect.errors import ImportRefused
from rebond.connect.formats import Source, detect, open_rows
from rebond.connect.formats.detect import table_in_archive
from rebond.connect.formats.safe_zip import check_zip, is_safe_name
from rebond.connect.formats.template import COLUMNS, template_csv, template_xlsx

pytestmark = pytest.mark.unit


@pytest.fixture
def file(tmp_path):
    def write(content, name="stock.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return Source(path, name)

    return write


def rows_of(source):
    return list(open_rows(source, detect(source)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_encoding_and_separator_reads_the_same(file, encoding, separator):
    lines = ["Référence Titre Rayon Prix État".replace(" ", separator)]
    lines += [f"L{n}{separator}Été à Nîmes{separator}Romans{separator}12{separator}Bon" for n in range(3)]

    source = file("\r\n".join(lines).encode(encoding))

    assert detect(source).format == "rebond"
    assert [(r.line, r.values["Titre"]) for r in rows_of(source)] == [(n, "Été à Nîmes") for n in (2, 3, 4)]


def test_our_own_template_is_read_back_in_both_forms(file):
    for content, name in ((template_csv(), "t.csv"), (template_xlsx(), "t.xlsx")):
        found = detect(file(content, name))
        assert (found.format, found.mapping) == ("rebond", COLUMNS)
        assert [r.values["Titre"] for r in rows_of(file(content, name))] == [
            "Lampe de bureau orange",
            "L’Étranger, Albert Camus",
        ]


def test_a_table_of_ones_own_is_guessed_from_its_headings(file):
    found = detect(file(b"DESIGNATION;PV TTC;PDS;ETAT;FAM;NOTE INT\nLampe;18,00;1,4;B;Luminaire;vu avec Paul"))
    assert found.format == "table"
    assert found.mapping == {
        "DESIGNATION": "title", "PV TTC": "price", "PDS": "weight_any", "ETAT": "condition", "FAM": "category", "NOTE INT": "",
    }  # fmt: skip


def test_a_workbook_gives_values_dates_and_formulas_never_computed(file):
    book = openpyxl.Workbook()
    book.active.append(["Référence", "Titre", "Rayon", "Prix", "État"])
    book.active.append(["A1", "Chaise", "Romans", 12.5, "Bon"])
    book.active.append([42, True, "Romans", "=D2*2", "Bon"])
    out = io.BytesIO()
    book.save(out)
    values = [list(r.values.values()) for r in rows_of(file(out.getvalue(), "a.xlsx"))]
    assert values == [["A1", "Chaise", "Romans", "12.5", "Bon"], ["42", "1", "Romans", "=D2*2", "Bon"]]


WOO_FR = (
    "ID,Type,UGS,Nom,Publié,Description courte,Description,En stock ?,Stock,Poids (kg),Tarif promo,Tarif régulier,"
    "Catégories,Images,Parent,Nom de l’attribut 1,Valeur(s) de l’attribut 1\n"
    '7,variable,pull,Pull,1,Doux,<p>Laine</p>,1,,0.4,,,"Habits, Habits > Pulls",https://x.fr/1.jpg,,Couleur,"Bleu, Vert"\n'
    "8,variation,pull-bleu,Pull - Bleu,1,,,1,3,,12,15,,,pull,Couleur,Bleu\n"
    "9,variation,,Pull - Vert,1,,,1,,,,15,,,id:7,Couleur,Vert\n"
    "10,grouped,lot,Lot,1,,,1,,,,,Habits,,,,\n"
)


def test_woocommerce_in_french_gives_variations_what_their_parent_says(file):
    source = file(WOO_FR.encode("utf-8-sig"), "wc.csv")
    found = detect(source)
    parent, blue, green, lot = open_rows(source, found)
    assert found.format == "woocommerce"
    assert parent.skip == "parent"
    assert (blue.values["Catégories"], blue.values["Images"], blue.values["Color"]) == (
        "Habits > Pulls", "https://x.fr/1.jpg", "Bleu",
    )  # fmt: skip
    assert (green.values["UGS"], green.values["Poids (kg)"], green.values["Color"]) == ("woo-9", "0.4", "Vert")
    assert lot.refusal == ("Type", "grouped", "grouped")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"   \n", "a.csv"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old.xls"),
        (bytes(range(256)) * 20, "noise.csv"),
        (b'{"a": 1}\n{"a": 2}\n', "adverts.jsonl"),
        (b"[1, 2]", "list.json"),
        (b"[" * 50_000, "deep.json"),
        (b"<html><body>x</body></html>", "page.xml"),
        (b"<?xml version='1.0'?><prestashop><products><product id='1'/></products></prestashop>", "links.xml"),
        (b"<?xml version='1.0'?><prestashop><orders/></prestashop>", "orders.xml"),
        (b"<?xml version='1.0'?><prestashop><product><name>x", "cut.xml"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><prestashop>&b;</prestashop>', "entity.xml"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><prestashop>&b;</prestashop>', "file.xml"),
    ],
)  # fmt: skip
def test_what_is_no_catalogue_is_refused_with_a_sentence(file, content, name):
    with pytest.raises(ImportRefused) as error:
        rows_of(file(content, name))
    assert len(str(error.value)) > 15


def test_a_line_whose_quotes_are_wrong_is_refused_alone(file):
    first, second = rows_of(file(b"Titre;Prix\nLampe;12;trop\nChaise;5\n"))
    assert first.refusal == ("", "trop", "too_many_cells")
    assert second.refusal is None


def make_zip(tmp_path, entries, **info):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            archive.writestr(entry, content)
    return path


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/passwd", "a/../../b", "C:\\x.csv", "..\\x"])
def test_names_that_leave_the_archive_are_refused(tmp_path, name):
    assert not is_safe_name(name)
    with pytest.raises(ImportRefused):
        check_zip(make_zip(tmp_path, {name: b"x"}))


def test_bombs_links_and_damaged_archives_are_refused(tmp_path):
    with pytest.raises(ImportRefused, match="swells"):
        check_zip(make_zip(tmp_path, {"a.csv": b"0" * 20_000_000}))
    with pytest.raises(ImportRefused, match="outside"):
        check_zip(make_zip(tmp_path, {"a.csv": b"b"}, external_attr=(stat.S_IFLNK | 0o777) << 16))
    broken = tmp_path / "b.zip"
    broken.write_bytes(b"PK\x03\x04" + b"x" * 50)
    with pytest.raises(ImportRefused, match="damaged"):
        check_zip(broken)


def test_an_archive_holds_one_table(tmp_path):
    one = make_zip(tmp_path, {"dossier/stock.csv": b"a;b", "__MACOSX/stock.csv": b"", "1.jpg": b""})
    assert table_in_archive(Source(one, "a.zip")) == "dossier/stock.csv"
    with pytest.raises(ImportRefused, match="several"):
        table_in_archive(Source(make_zip(tmp_path, {"a.csv": b"", "b.csv": b""}), "a.zip"))
    with pytest.raises(ImportRefused, match="no table"):
        table_in_archive(Source(make_zip(tmp_path, {"a.jpg": b""}), "a.zip"))


PRESTA = """<?xml version="1.0" encoding="UTF-8"?>
<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">
<categories><category><id>2</id><id_parent>1</id_parent><name><language id="1">Accueil</language></name></category>
<category><id>5</id><id_parent>2</id_parent><name><language id="1">Lampes</language></name></category></categories>
<stock_availables><stock_available><id_product>1</id_product><id_product_attribute>0</id_product_attribute><quantity>4</quantity></stock_available></stock_availables>
<products><product><id>1</id><reference></reference><id_category_default>5</id_category_default><price>16.510000</price><weight>0.000000</weight>
<condition>used</condition><active>1</active><quantity>0</quantity><name><language id="1"></language><language id="2">Lampe</language></name>
<description><language id="1">&lt;p&gt;Belle&lt;/p&gt;</language></description>
<associations><images><image xlink:href="https://shop.example/boutique/api/images/products/1/25"><id>25</id></image></images></associations>
</product></products></prestashop>"""


def test_prestashop_xml_joins_products_with_categories_stock_and_public_pictures(file):
    source = file(PRESTA.encode(), "shop.xml")
    (row,) = rows_of(source)
    wanted = {
        "reference": "presta-1", "name": "Lampe", "category": "Lampes", "quantity": "4", "price": "16.510000", "weight": "",
        "images": "https://shop.example/boutique/img/p/2/5/25.jpg", "description": "<p>Belle</p>",
    }  # fmt: skip
    assert {key: row.values[key] for key in wanted} == wanted


SPREE = """slug,sku,name,price,currency,status,description,category1,option1_name,option1_value,weight,weight_unit,inventory_count
machine,M,Machine,0,USD,active,Belle,Cuisine -> Café,,,,,
machine,M-NOIR,,879.99,USD,,,,Color,Noir,19.8,lb,4
machine,M-BLANC,,879.99,USD,,,,Color,Blanc,19.8,lb,4
machine,M-NOIR,,819.99,EUR,,,,,,,,
"""


def test_lines_of_several_currencies_become_one_item_priced_in_euros(file):
    source = file(SPREE.encode(), "spree.csv")
    assert detect(source).format == "spree"
    parent, dollars, euros, alone = rows_of(source)
    assert (parent.skip, dollars.skip, dollars.line, euros.line, alone.line) == ("parent", "other_currency", 3, 5, 4)
    wanted = {
        "name": "Machine",
        "price": "819.99",
        "currency": "EUR",
        "Color": "Noir",
        "weight": "19.8 lb",
        "inventory_count": "4",
    }
    assert {key: euros.values[key] for key in wanted} == wanted
    assert (alone.values["currency"], alone.skip) == ("USD", "")
