"""The photos of an item at the desk: rights, uploads with refusals, order, text, removal and undo."""

import pytest
from bs4 import BeautifulSoup

from rebond.catalogue.actions.photo import add_photos
from rebond.catalogue.models import Item, Photo, PhotoAsset
from rebond.core.images import pool
from rebond.journal.models import Entry
from tests.catalogue.pictures import broken_upload, picture_bytes, upload
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.usefixtures("folders")]
HTMX = {"HTTP_HX_REQUEST": "true"}
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def item(seller):
    return ItemFactory(seller=seller, title="Chaise en hêtre")


@pytest.fixture
def three(item, owner):
    return add_photos(item=item, files=[upload(i) for i in range(3)], by=owner).added


def url(item, end=""):
    return f"/bureau/objets/{item.code.lower()}/photos/{end}"


def order(item):
    return list(item.photos.order_by("position").values_list("pk", flat=True))


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def test_page_shows_photos_and_forms(as_user, colleague, item, three):
    page = soup(as_user(colleague).get(url(item)))
    assert page.h1.get_text(strip=True) == "Chaise en hêtre"
    assert len(page.select(".photo-tile img")) == 3
    assert page.select_one(".photo-tile .tag").get_text(strip=True) == "Principale"
    sending = page.select_one("form.drop")
    assert sending["enctype"] == "multipart/form-data"
    assert [i.get("capture") for i in sending.select("input[type=file]")] == ["environment", None]
    assert sending.select("input[type=file]")[1].has_attr("multiple")
    assert page.select_one("#t-photos").find_next("span").get_text(strip=True) == "3 sur 12"


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_same_queries_for_any_number_of_photos(as_user, owner, item, count, django_assert_num_queries):
    add_photos(item=item, files=[upload(i) for i in range(count)], by=owner)
    client = as_user(owner)
    client.get(url(item))
    with django_assert_num_queries(6):
        client.get(url(item))


def test_fragment_is_the_panel_of_the_page(as_user, owner, item, three):
    client = as_user(owner)
    fragment = soup(client.get(url(item), **HTMX))
    page = soup(client.get(url(item)))
    assert fragment.html is None
    for tree in (fragment, page):
        for token in tree.select("[name=csrfmiddlewaretoken]"):
            token.decompose()
    assert str(fragment.select_one("#photos")) == str(page.select_one("#photos"))


def test_reader_looks_and_changes_nothing(as_user, reader, item, three):
    client = as_user(reader)
    page = soup(client.get(url(item)))
    assert len(page.select(".photo-tile img")) == 3
    assert page.select("#photos form, #photos input, #photos button") == []
    before = order(item)
    pk = three[0].pk
    for end, data in (
        ("ajouter/", {"photos": [upload(9)]}),
        ("ordre/", {"move": f"{three[2].pk}:first"}),
        (f"{pk}/texte/", {"alt": "x"}),
        (f"{pk}/retirer/", {}),
        ("remettre/", {"undo": "x"}),
    ):
        assert client.post(url(item, end), data).status_code == 403
    assert (order(item), PhotoAsset.objects.count(), Photo.objects.filter(alt="x").count()) == (before, 3, 0)


def test_a_stranger_finds_nothing(as_user, stranger, item, three):
    client = as_user(stranger)
    assert client.get(url(item)).status_code == 404
    before = order(item)
    for end, data in (
        ("ajouter/", {"photos": [upload(9)]}),
        ("ordre/", {"move": f"{three[2].pk}:first"}),
        (f"{three[0].pk}/texte/", {"alt": "x"}),
        (f"{three[0].pk}/retirer/", {}),
        ("remettre/", {"undo": "x"}),
    ):
        assert client.post(url(item, end), data).status_code == 404
    assert (order(item), PhotoAsset.objects.count()) == (before, 3)


def test_a_catalogue_manager_reads_only(as_user, catalogue_manager, item, three):
    client = as_user(catalogue_manager)
    assert client.get(url(item)).status_code == 200
    assert client.post(url(item, "ordre/"), {"move": f"{three[2].pk}:first"}).status_code == 403
    assert order(item) == [p.pk for p in three]


def test_a_photo_of_another_item_is_not_reached(as_user, owner, seller, item, three):
    other = ItemFactory(seller=seller)
    client = as_user(owner)
    for end in ("texte/", "retirer/"):
        client.post(url(other, f"{three[0].pk}/{end}"), {"alt": "x"})
    assert (order(item), Photo.objects.get(pk=three[0].pk).alt) == ([p.pk for p in three], "")


@pytest.mark.parametrize("end", ["ajouter/", "ordre/", "remettre/", "1/texte/", "1/retirer/"])
def test_changes_are_posts(as_user, owner, item, end):
    assert as_user(owner).get(url(item, end)).status_code == 405


def test_several_at_once_without_javascript(as_user, owner, item):
    client = as_user(owner)
    response = client.post(url(item, "ajouter/"), {"photos": [upload(1), upload(2)]}, follow=True)
    assert response.redirect_chain == [(url(item), 302)]
    assert "2 photos ajoutées." in response.content.decode()
    assert item.photos.count() == 2


def test_one_of_three_is_refused_by_name_and_the_others_stay(as_user, owner, item):
    sent = [upload(1), broken_upload("vacances <b>.jpg"), upload(2)]
    response = as_user(owner).post(url(item, "ajouter/"), {"photos": sent})
    assert response.status_code == 422
    note = soup(response).select_one(".note.is-bad")
    assert note.b.get_text(strip=True) == "Un fichier n’a pas été ajouté"
    assert note.li.b.get_text() == "vacances <b>.jpg"
    assert "n’est pas une photo" in note.li.get_text()
    assert item.photos.count() == 2


def test_nothing_chosen_is_told(as_user, owner, item):
    response = as_user(owner).post(url(item, "ajouter/"), {})
    assert response.status_code == 422
    assert "Aucun fichier" in soup(response).select_one(".note.is-bad").get_text()


def test_the_module_reads_json(as_user, owner, item):
    client = as_user(owner)
    added = client.post(url(item, "ajouter/"), {"photos": [upload(1)]}, **JSON)
    again = client.post(url(item, "ajouter/"), {"photos": [upload(1)]}, **JSON)
    assert (added.status_code, added.json()) == (201, {"added": 1, "refused": []})
    assert again.status_code == 200
    assert again.json() == {
        "added": 0,
        "refused": [{"name": "photo-1.jpg", "code": "already_there", "reason": "Cet objet a déjà cette photo."}],
    }


def test_three_hundred_bad_uploads_leave_nothing_and_are_read_by_few_children(
    as_user, owner, item, folders, monkeypatch
):
    """What decodes outlives a file that it refuses: to start it for each would be what makes 300 of them slow."""
    started = []
    begin = pool.Child.__init__
    monkeypatch.setattr(pool.Child, "__init__", lambda self: started.append(self) or begin(self))
    client = as_user(owner)
    bad = [b"\xff\xd8\xff\xe0" + bytes([i % 256]) * 200 for i in range(150)] + [
        b"<?php " + bytes(i) for i in range(150)
    ]
    codes = {
        client.post(url(item, "ajouter/"), {"photos": [broken_upload(data=data)]}, **JSON).status_code for data in bad
    }
    assert codes == {200}
    assert len(started) <= 2
    assert [p for p in folders.rglob("*") if p.is_file()] == []
    assert (PhotoAsset.objects.count(), Entry.objects.count(), Item.objects.get().version) == (0, 0, 1)
    assert client.post(url(item, "ajouter/"), {"photos": [upload(1)]}, **JSON).status_code == 201


@pytest.mark.parametrize(
    ("place", "step", "expected"),
    [(0, "1", [1, 0, 2]), (2, "-1", [0, 2, 1]), (2, "first", [2, 0, 1]), (0, "-1", [0, 1, 2]), (2, "1", [0, 1, 2])],
)
def test_buttons_move_photos(as_user, owner, item, three, place, step, expected):
    response = as_user(owner).post(url(item, "ordre/"), {"move": f"{three[place].pk}:{step}"}, **HTMX)
    assert order(item) == [three[i].pk for i in expected]
    tiles = [int(tile["data-photo"]) for tile in soup(response).select(".photo-tile")]
    assert tiles == order(item)


def test_drag_sends_the_whole_order(as_user, owner, item, three):
    wanted = [three[1].pk, three[2].pk, three[0].pk]
    as_user(owner).post(url(item, "ordre/"), {"order": ",".join(map(str, wanted))}, **HTMX)
    assert order(item) == wanted


@pytest.mark.parametrize(
    "data", [{}, {"move": "x:1"}, {"move": "9" * 40}, {"order": "a,b,,-1,9999999"}, {"move": "1:zzz"}]
)
def test_a_nonsense_order_changes_nothing(as_user, owner, item, three, data):
    assert as_user(owner).post(url(item, "ordre/"), data).status_code == 302
    assert order(item) == [p.pk for p in three]


def test_text_is_saved_and_shown_escaped(as_user, owner, item, three):
    client = as_user(owner)
    response = client.post(url(item, f"{three[0].pk}/texte/"), {"alt": 'Le "dos" <script>'}, **HTMX)
    assert response.content.decode() == "Texte enregistré."
    page = soup(client.get(url(item)))
    assert page.select_one(f"#alt-{three[0].pk}")["value"] == 'Le "dos" <script>'
    assert page.select_one(".photo-tile img")["alt"] == 'Le "dos" <script>'
    assert client.post(url(item, f"{three[0].pk}/texte/"), {"alt": "dos"}).url == url(item)


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_remove_then_undo(as_user, owner, item, three, extra):
    client = as_user(owner)
    response = client.post(url(item, f"{three[1].pk}/retirer/"), {}, follow=True, **extra)
    undo = soup(response).select_one(".toast [name=undo]")["value"]
    assert order(item) == [three[0].pk, three[2].pk]
    for _ in range(2):
        client.post(url(item, "remettre/"), {"undo": undo}, **extra)
    assert list(item.photos.order_by("position").values_list("asset_id", flat=True)) == [p.asset_id for p in three]


def test_removing_what_is_gone_is_told(as_user, owner, item, three):
    client = as_user(owner)
    client.post(url(item, f"{three[1].pk}/retirer/"), {}, **HTMX)
    response = client.post(url(item, f"{three[1].pk}/retirer/"), {}, **HTMX)
    assert soup(response).select_one("#photos-said").get_text() == "Cette photo a déjà été retirée."
    assert client.post(url(item, f"{three[1].pk}/texte/"), {"alt": "x"}, **HTMX).content.decode() == (
        "Cette photo a déjà été retirée."
    )


def test_an_undo_of_another_item_or_forged_does_nothing(as_user, owner, seller, item, three):
    client = as_user(owner)
    response = client.post(url(item, f"{three[1].pk}/retirer/"), {}, **HTMX)
    undo = soup(response).select_one(".toast [name=undo]")["value"]
    other = ItemFactory(seller=seller)
    for where, token in ((other, undo), (item, undo[:-1] + "x"), (item, "")):
        answer = client.post(url(where, "remettre/"), {"undo": token}, **HTMX)
        assert "n’est plus gardée" in soup(answer).select_one("#photos-said").get_text()
    assert (other.photos.count(), item.photos.count()) == (0, 2)


def test_twelve_photos_leave_no_form_to_send(as_user, owner, item):
    add_photos(item=item, files=[upload(i) for i in range(12)], by=owner)
    assert soup(as_user(owner).get(url(item))).select_one("form.drop") is None
    response = as_user(owner).post(url(item, "ajouter/"), {"photos": [upload(40)]})
    assert "déjà 12 photos" in soup(response).select_one(".note.is-bad").get_text()


def test_a_wrong_name_is_no_matter(as_user, owner, item):
    as_user(owner).post(url(item, "ajouter/"), {"photos": [upload(1, name="../../etc/passwd.exe")]})
    assert item.photos.get().asset.original_suffix == ".jpg"
    assert picture_bytes(1) != picture_bytes(2)
