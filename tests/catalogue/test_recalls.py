"""Recalled and forbidden products: the list, its file, and what it stops (rules.md F6)."""

import datetime
import io

import pytest
from django.urls import reverse

from rebond.catalogue.actions.item import change_item, publish_item
from rebond.catalogue.actions.recall import add_recall, change_recall, end_recall, import_recalls
from rebond.catalogue.actions.recall_file import read_recalls
from rebond.catalogue.actions.recall_stop import stop_recalled
from rebond.catalogue.errors import FieldInvalid, ItemUnsafe, RecallEnded
from rebond.catalogue.models import Recall
from rebond.catalogue.queries.recalls import stop_for
from rebond.journal.models import Entry, OutgoingMail
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]

CODE = "3017800238592"
BOWLING = {"label": "Jeu de bowling", "risk": "Une pièce se détache.", "source": "rappelconso", "gtin": CODE}
HEATER = {
    "label": "Radiateur d’appoint",
    "risk": "Il peut prendre feu.",
    "source": "network",
    "brand": "Calorie & Cie",
    "model_names": "Brasero 200\nBrasero 300",
}
HEAD = "gtin;numero_fiche;categorie_produit;marque_produit;modeles_ou_references;libelle;motif_rappel;risques_encourus;date_publication;lien_vers_la_fiche_rappel"
LINES = (
    f"{CODE};2026-04-0130;bébés-enfants (hors alimentaire);betoys;référence 167924;Jeu de bowling;détachement de pièces;étouffement;2026-04-01T00:00:00+02:00;https://rappel.conso.gouv.fr/fiche-rappel/130/Interne",
    ";2026-05-0007;appareils électriques, outils;calorie & cie;brasero 200|brasero 300;Radiateur;départ de feu;incendie;2026-05-02;",
    "3760074380121;2026-05-0011;alimentation;une ferme;moringa;Moringa;oxyde d'éthylène;intoxication;2026-05-03;",
    ";2026-05-0012;vêtements, mode, epi;sans marque;bottes;Bottes;chrome;allergie;2026-05-03;",
)


def table(*lines, head=HEAD):
    return "\n".join((head, *lines)).encode("utf-8-sig")


@pytest.fixture
def vase(categories, seller):
    def make(**facts):
        return ItemFactory(seller=seller, category=categories["vases"], weight_g=800, **facts)

    return make


def test_a_barcode_stops_whatever_zeros_stand_before_it(coordinator):
    add_recall(fields=BOWLING | {"gtin": "036000291452"}, by=coordinator)  # a UPC of 12 figures
    assert stop_for(gtin="0036000291452").label == "Jeu de bowling"
    assert stop_for(gtin="036000291452") is not None
    assert stop_for(gtin=CODE) is None
    assert stop_for() is None


def test_a_brand_stops_with_one_of_its_models_only(coordinator):
    add_recall(fields=HEATER, by=coordinator)
    assert stop_for(brand="CALORIE & CIE", text="Radiateur Brasero 300, blanc") is not None
    assert stop_for(brand="Calorie et Cie", text="Radiateur Brasero 300") is None  # another brand
    assert stop_for(brand="Calorie & Cie", text="Radiateur Brasero 3000") is None  # another model
    assert stop_for(text="Brasero 300") is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"gtin": ""}, "gtin"),
        ({"gtin": "", "brand": "Betoys"}, "gtin"),
        ({"gtin": "3017800238593"}, "gtin"),
        ({"label": ""}, "label"),
        ({"risk": ""}, "risk"),
        ({"source": "hearsay"}, "source"),
        ({"brand": "Betoys", "model_names": "B2"}, "model_names"),
    ],
)
def test_an_entry_that_names_nothing_is_refused(coordinator, fields, field):
    with pytest.raises(FieldInvalid) as refused:
        add_recall(fields=BOWLING | fields, by=coordinator)
    assert refused.value.field == field
    assert not Recall.objects.exists()


def test_a_notice_is_once_on_the_list_for_a_barcode(coordinator):
    add_recall(fields=BOWLING | {"reference": "2026-04-0130"}, by=coordinator)
    with pytest.raises(FieldInvalid):
        add_recall(fields=BOWLING | {"reference": "2026-04-0130"}, by=coordinator)
    assert Recall.objects.count() == 1


def test_what_is_recalled_is_not_published_and_not_written_into_what_is_on_sale(coordinator, owner, vase):
    recall = add_recall(fields=BOWLING, by=coordinator)
    draft, shown = vase(gtin=CODE), vase(on_sale=True)
    with pytest.raises(ItemUnsafe) as refused:
        publish_item(item=draft, by=owner)
    assert "Une pièce se détache." in str(refused.value)
    with pytest.raises(ItemUnsafe):
        change_item(item=shown, changes={"gtin": CODE}, by=owner)
    shown.refresh_from_db()
    assert (draft.state, shown.gtin) == ("draft", "")
    end_recall(recall=recall, reason="Notre erreur", by=coordinator)
    assert publish_item(item=draft, by=owner).state == "on_sale"


def test_what_is_on_sale_leaves_and_its_seller_is_told_once(coordinator, vase, seller):
    seller.email = "vente@confluent.example"
    seller.save()
    by_code, other = vase(on_sale=True, gtin=CODE), vase(on_sale=True)
    add_recall(fields=BOWLING, by=coordinator)  # its task runs at once in the tests
    for _n in range(2):
        stop_recalled()
    by_code.refresh_from_db()
    other.refresh_from_db()
    assert (by_code.state, by_code.withdraw_reason, other.state) == ("withdrawn", "unsafe", "on_sale")
    mail = OutgoingMail.objects.get(kind="catalogue.recall_stopped")
    assert mail.to == "vente@confluent.example"
    assert by_code.display_code in mail.text
    assert "Une pièce se détache." in mail.text


def test_nothing_leaves_without_the_mail_that_says_why(coordinator, vase, seller, monkeypatch):
    seller.email = "vente@confluent.example"
    seller.save()
    items = [vase(on_sale=True, gtin=CODE) for _n in range(2)]

    def killed(**_kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("rebond.catalogue.actions.recall_stop.queue_mail", killed)
        add_recall(fields=BOWLING, by=coordinator)
        with pytest.raises(RuntimeError):
            stop_recalled()
    assert {type(item).objects.get(pk=item.pk).state for item in items} == {"on_sale"}

    assert stop_recalled() == 2
    text = OutgoingMail.objects.get(kind="catalogue.recall_stopped").text
    assert all(item.display_code in text for item in items)


def test_what_somebody_is_buying_waits_for_the_next_look(coordinator, vase):
    item = vase(on_sale=True, gtin=CODE, reserved=1)
    add_recall(fields=BOWLING, by=coordinator)
    item.refresh_from_db()
    assert item.state == "on_sale"
    type(item).objects.filter(pk=item.pk).update(reserved=0)
    assert stop_recalled() == 1


def test_an_ended_entry_is_neither_changed_nor_ended_twice(coordinator):
    recall = add_recall(fields=BOWLING, by=coordinator)
    for reason in ("Notre erreur", "encore"):
        end_recall(recall=recall, reason=reason, by=coordinator)
    assert recall.end_reason == "Notre erreur"
    assert Entry.objects.filter(action="catalogue.recall.ended").count() == 1
    with pytest.raises(RecallEnded):
        change_recall(recall=recall, fields=BOWLING | {"label": "Autre"}, by=coordinator)
    with pytest.raises(FieldInvalid):
        end_recall(recall=add_recall(fields=HEATER, by=coordinator), reason=" ", by=coordinator)


def test_a_change_counts_at_once(coordinator):
    recall = add_recall(fields=HEATER, by=coordinator)
    change_recall(recall=recall, fields=HEATER | {"model_names": "Brasero 900"}, by=coordinator)
    assert stop_for(brand="Calorie & Cie", text="Brasero 300") is None
    assert stop_for(brand="Calorie & Cie", text="Brasero 900") is not None


def test_an_imported_line_that_names_it_says_why(coordinator, vase):
    from rebond.connect.rules import sale_problem

    assert sale_problem(vase(gtin=CODE)) == ""
    add_recall(fields=BOWLING, by=coordinator)
    assert "Une pièce se détache." in sale_problem(vase(gtin=CODE))
    assert sale_problem(vase()) == ""


# the file of RappelConso


@pytest.mark.parametrize("separator", [";", ","])
def test_the_published_file_is_read(separator):
    lines = [line.replace("vêtements, mode, epi", "mode").replace("électriques, outils", "outils") for line in LINES]
    found = read_recalls(b"\n".join(one.encode() for one in [HEAD, *lines]).replace(b";", separator.encode()))
    assert (len(found.lines), found.food, found.unusable) == (2, 1, 1)
    bowling, heater = found.lines
    assert (bowling.gtin, bowling.reference, bowling.label) == (CODE, "2026-04-0130", "Jeu de bowling")
    assert bowling.published_on == datetime.date(2026, 4, 1)
    assert bowling.risk == "Détachement de pièces. Étouffement."
    assert (heater.gtin, heater.models) == ("", "brasero 200\nbrasero 300")


def test_the_same_file_adds_nothing_more(coordinator):
    first, second = (import_recalls(data=table(*LINES), by=coordinator) for _n in range(2))
    assert (first.added, first.known, first.food, first.unusable) == (2, 0, 1, 1)
    assert (second.added, second.known) == (0, 2)
    assert stop_for(gtin=CODE) is not None
    assert stop_for(brand="Calorie & Cie", text="Brasero 200") is not None


@pytest.mark.parametrize("data", [b"", b"title;price\nx;1", b"\xff\xfe\x00", b"numero_fiche;marque\n1;x"])
def test_another_file_is_refused(coordinator, data):
    with pytest.raises(FieldInvalid) as refused:
        import_recalls(data=data, by=coordinator)
    assert refused.value.field == "file"
    assert not Recall.objects.exists()


# pages


@pytest.fixture
def at_desk(client, as_user, coordinator):
    return as_user(coordinator)


def test_the_list_is_kept_at_the_desk(at_desk):
    answer = at_desk.post(reverse("catalogue:recall-add"), BOWLING)
    recall = Recall.objects.get()
    assert answer.url == reverse("catalogue:recall-change", args=[recall.public_id])
    assert CODE in at_desk.get(answer.url).text
    assert "Jeu de bowling" in at_desk.get(reverse("catalogue:recall-list"), {"q": CODE}).text
    assert "Jeu de bowling" not in at_desk.get(reverse("catalogue:recall-list"), {"q": "calorie"}).text
    at_desk.post(answer.url, BOWLING | {"label": "Quilles"})
    assert "Quilles" in at_desk.get(answer.url).text
    end = reverse("catalogue:recall-end", args=[recall.public_id])
    assert at_desk.post(end, {"reason": ""}).status_code == 422
    at_desk.post(end, {"reason": "Notre erreur"})
    assert "Notre erreur" in at_desk.get(answer.url).text
    assert "Quilles" not in at_desk.get(reverse("catalogue:recall-list")).text
    assert "Quilles" in at_desk.get(reverse("catalogue:recall-list"), {"etat": "terminees"}).text


def test_a_wrong_entry_keeps_what_was_typed(at_desk):
    answer = at_desk.post(reverse("catalogue:recall-add"), BOWLING | {"gtin": "12"})
    assert answer.status_code == 422
    assert "Jeu de bowling" in answer.text
    assert not Recall.objects.exists()


def test_the_file_comes_in_at_the_desk(at_desk):
    sent = io.BytesIO(table(*LINES))
    sent.name = "rappelconso.csv"
    page = at_desk.post(reverse("catalogue:recall-import"), {"file": sent}, follow=True).text
    assert "2 produits ajoutés." in page
    wrong = io.BytesIO(b"a;b")
    wrong.name = "x.csv"
    assert "colonnes manquent" in at_desk.post(reverse("catalogue:recall-import"), {"file": wrong}, follow=True).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_few_queries(at_desk, coordinator, number, django_assert_num_queries):
    for n in range(number):
        add_recall(fields=BOWLING | {"label": f"Jeu {n}", "reference": str(n)}, by=coordinator)
    at_desk.get(reverse("catalogue:recall-list"))
    with django_assert_num_queries(6):
        at_desk.get(reverse("catalogue:recall-list"))


def test_older_ones_are_a_page_away(at_desk, coordinator):
    for n in range(26):
        add_recall(fields=BOWLING | {"label": f"Jeu {n:02}", "reference": str(n)}, by=coordinator)
    first = at_desk.get(reverse("catalogue:recall-list")).text
    assert ("Jeu 25" in first, "Jeu 01" in first) == (True, False)
    key = Recall.objects.order_by("-pk")[23].pk
    assert f"avant={key}" in first
    assert "Jeu 01" in at_desk.get(reverse("catalogue:recall-list"), {"avant": key}).text


def test_who_does_not_keep_the_list_sees_nothing_of_it(as_user, owner, stranger, coordinator):
    recall = add_recall(fields=BOWLING, by=coordinator)
    for user in (owner, stranger):
        for name, args in (("list", []), ("add", []), ("change", [recall.public_id])):
            assert as_user(user).get(reverse(f"catalogue:recall-{name}", args=args)).status_code == 403
        as_user(user).post(reverse("catalogue:recall-end", args=[recall.public_id]), {"reason": "parce que"})
    recall.refresh_from_db()
    assert recall.is_in_force
