"""Books from libraries' and shops' files, and the listing that an ISBN fills."""

import json

import pymarc
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from rebond.catalogue.actions.books import import_books
from rebond.catalogue.actions.books_read import isbns_in, repair_isbn10, repair_isbn13
from rebond.catalogue.models import Book
from rebond.catalogue.queries.books import prefill_from_isbn
from tests.conftest import SHARED, needs_shared

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def field(tag, *pairs, indicators=(" ", " ")):
    return pymarc.Field(tag, pymarc.Indicators(*indicators), [pymarc.Subfield(*pair) for pair in pairs])


def marc21(*isbns, title="Les misérables /"):
    record = pymarc.Record(force_utf8=True)
    record.add_field(pymarc.Field("008", data="990101s1985    fr            000 1 fre d"))
    for number in isbns:
        record.add_field(field("020", ("a", number)))
    record.add_field(field("100", ("a", "Hugo, Victor,"), ("d", "1802-1885.")))
    record.add_field(field("245", ("a", title), ("b", "roman")))
    record.add_field(field("260", ("b", "Gallimard,"), ("c", "c1985.")))
    record.add_field(field("300", ("a", "xii, 512 p. ;"), ("c", "18 cm.")))
    record.add_field(field("650", ("a", "Paris (France)")))
    return record


def unimarc():
    record = pymarc.Record(force_utf8=True)
    record.add_field(field("010", ("a", "2-07-036822-X")))
    record.add_field(field("101", ("a", "fre")))
    record.add_field(field("200", ("a", "La Peste"), ("e", "récit"), ("f", "Albert Camus")))
    record.add_field(field("210", ("c", "Gallimard"), ("d", "DL 1972")))
    record.add_field(field("215", ("a", "279 p."), ("d", "18 cm")))
    record.add_field(field("700", ("a", "Camus"), ("b", "Albert"), ("f", "1913-1960")))
    return record


@pytest.fixture
def written(tmp_path):
    """A file with this content."""

    def write(content, name="books.mrc"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_marc21_is_read_whole(written):
    result = import_books(path=written(marc21("2070409228 (v. 1) : 25 F").as_marc()))
    assert (result.read, result.created, result.refused) == (1, 1, 0)
    book = Book.objects.get()
    assert (book.isbn, book.title, book.subtitle) == ("9782070409228", "Les misérables", "roman")
    assert (book.authors, book.publisher, book.year) == ("Victor Hugo", "Gallimard", 1985)
    assert (book.pages, book.height_mm, book.language) == (512, 180, "fre")
    assert (book.subjects, book.source) == ("Paris (France)", "books")


def test_unimarc_is_told_from_marc21(written):
    import_books(path=written(unimarc().as_marc()))
    book = Book.objects.get()
    assert (book.isbn, book.title, book.subtitle) == ("9782070368228", "La Peste", "récit")
    assert (book.authors, book.publisher, book.year, book.pages, book.height_mm) == (
        "Albert Camus",
        "Gallimard",
        1972,
        279,
        180,
    )


def test_marcxml_and_json_are_read_too(written):
    xml = pymarc.record_to_xml(marc21("2070409228"), namespace=True)
    xml = b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + xml + b"</collection>"
    assert import_books(path=written(xml, "a.xml")).created == 1
    assert import_books(path=written(f"[{unimarc().as_json()}]", "b.json")).created == 1


def test_one_record_with_several_numbers_gives_several_books(written):
    result = import_books(path=written(marc21("2070409228", "9782070368228", "wrong").as_marc()))
    assert (result.read, result.created) == (1, 2)


def test_what_cannot_be_used_is_refused_with_its_reason(written):
    content = marc21("1234567890").as_marc() + marc21().as_marc() + marc21("2070409228", title="/").as_marc()
    result = import_books(path=written(content + b"00099 garbage\x1d"))
    assert (result.read, result.created, result.refused) == (4, 0, 4)
    assert result.reasons == {"no valid ISBN": 1, "no ISBN": 1, "no title": 1, "unreadable record": 1}
    assert result.examples[0][:2] == ["1", "no valid ISBN"]


@pytest.mark.parametrize(
    ("content", "reason"), [("", "empty file"), ("<broken", "unreadable file"), ("[1, ", "unreadable file")]
)
def test_a_file_that_is_none_is_refused(written, content, reason):
    assert import_books(path=written(content)).reasons == {reason: 1}


def test_again_changes_nothing_and_a_second_source_only_completes(written):
    path = written(marc21("2070409228").as_marc())
    import_books(path=path)
    again = import_books(path=path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    Book.objects.update(publisher="", title="Mon titre")
    third = import_books(path=path, source="autre")
    assert third.updated == 1
    book = Book.objects.get()
    assert (book.publisher, book.title, book.source) == ("Gallimard", "Mon titre", "books")


def test_csv_with_header_repairs_damaged_numbers(written):
    text = (
        "isbn,isbn13,authors,original_publication_year,title,language_code\n"
        '143039431,9.78014303943e+12,"John Steinbeck",1939.0,The Grapes of Wrath,en-US\n'
        ",9.78207036823e+12,Albert Camus,1947.0,La Peste,fre\n"
        ",,Nobody,,No number,\n"
        ",9.78e+12,Nobody,,Lost number,\n"
    )
    result = import_books(path=written(text, "books.csv"))
    assert (result.read, result.created, result.repaired) == (4, 2, 2)
    assert result.reasons == {"no ISBN": 1, "ISBN cannot be repaired": 1}
    assert set(Book.objects.values_list("isbn", "language", "year")) == {
        ("9780143039433", "eng", 1939),
        ("9782070368228", "fre", 1947),
    }


def test_csv_without_header_takes_the_number_and_the_title_after_it(written):
    text = 'Book,Fiction,"9782070368228","La Peste",NULL,"Partner"\nBook,Fiction,"","Nothing"\n'
    result = import_books(path=written(text, "stock.csv"))
    assert (result.created, result.reasons) == (1, {"no ISBN": 1})
    assert Book.objects.get().title == "La Peste"


def test_csv_of_a_french_spreadsheet(written):
    text = "ISBN;Titre;Auteur;Éditeur;Année\n9782070368228;L’Été;Albert Camus;Gallimard;1954\n".encode("cp1252")
    import_books(path=written(text, "livres.csv"))
    book = Book.objects.get()
    assert (book.title, book.publisher, book.year) == ("L’Été", "Gallimard", 1954)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2-07-036822-X (broch.) : 25 F", ["9782070368228"]),
        ("978-2-07-036822-8", ["9782070368228"]),
        ("207036822X 2070409228", ["9782070368228", "9782070409228"]),
        ("2070368220", []),
        ("", []),
    ],
)
def test_isbns_are_found_in_what_cataloguers_write(text, found):
    assert isbns_in(text) == found


def test_repairs_give_one_answer_or_none():
    assert repair_isbn10("143039431") == "9780143039433"
    assert repair_isbn10("143039432") is None
    assert repair_isbn10("12") is None
    # the only number that rounds to these twelve figures
    assert repair_isbn13("9.78207036823e+12") == "9782070368228"
    assert repair_isbn13("9782070368228") == "9782070368228"
    assert repair_isbn13("9.782e+12") is None
    assert repair_isbn13("many") is None


def test_every_repaired_number_is_right_or_refused():
    """All numbers of one run: what the spreadsheet left never gives a wrong book."""
    from stdnum import ean

    wrong = lost = 0
    for start in range(978207036000, 978207037000):
        whole = f"{start}{ean.calc_check_digit(str(start))}"
        found = repair_isbn13(f"{float(whole):.11e}")
        wrong += found not in {whole, None}
        lost += found is None
    assert wrong == 0
    assert lost < 750


def test_find_and_prefill(categories):
    Book.objects.create(
        isbn="9782070368228",
        title="La Peste",
        subtitle="récit",
        authors="Albert Camus",
        publisher="Gallimard",
        year=1972,
        pages=279,
        height_mm=180,
        language="fre",
        source="test",
    )
    initial, book = prefill_from_isbn("207036822X")
    assert book.source == "test"
    assert initial == {
        "gtin": "9782070368228",
        "category": "novels",
        "title": "La Peste : récit",
        "height_mm": 180,
        "attr-author": "Albert Camus",
        "attr-publisher": "Gallimard",
        "attr-year": 1972,
        "attr-pages": 279,
        "attr-language": "fr",
        "attr-binding": "paperback",
    }
    assert prefill_from_isbn("4006381333931") == ({"gtin": "4006381333931"}, None)
    assert prefill_from_isbn("123") == ({"gtin": "123"}, None)
    assert prefill_from_isbn("") == ({}, None)


def test_the_form_is_filled_from_a_scanned_isbn(as_user, owner, categories):
    Book.objects.create(isbn="9782070368228", title="La Peste", authors="Albert Camus", source="test")
    browser = as_user(owner)
    answer = browser.get(f"{reverse('catalogue:item-create')}?isbn=207036822X")
    assert 'value="La Peste"' in answer.text
    assert 'value="Albert Camus"' in answer.text
    assert 'value="9782070368228"' in answer.text
    unknown = browser.get(f"{reverse('catalogue:item-create')}?isbn=9782070409228")
    assert 'value="9782070409228"' in unknown.text


def test_the_command_counts_in_json_and_says_when_nothing_was_found(written, capsys):
    call_command("import_books", str(written(marc21("2070409228").as_marc())), json=True)
    (counts,) = json.loads(capsys.readouterr().out)
    assert (counts["file"], counts["read"], counts["created"]) == ("books.mrc", 1, 1)
    with pytest.raises(CommandError) as caught:
        call_command("import_books", str(written("a,b\n1,2\n", "no.csv")))
    assert caught.value.returncode == 1
    with pytest.raises(CommandError):
        call_command("import_books", "/nowhere/books.mrc")


@needs_shared
def test_real_files_give_their_books():
    counts = {}
    for path in sorted((SHARED / "data" / "books").glob("*.*")):
        if path.suffix in {".csv", ".mrc"}:
            result = import_books(path=path)
            counts[path.name] = (result.read, result.created, result.repaired, result.refused)
    assert counts == {
        "goodbooks_books.csv": (1510, 1406, 961, 104),
        "loc_french_books.mrc": (1200, 1232, 0, 18),
        "oscar_books-small.csv": (10, 10, 0, 0),
        "oscar_books.computers-in-fiction.csv": (86, 80, 0, 0),
        "oscar_books.essential.csv": (82, 82, 0, 0),
    }
