"""The French of composed listings: agreement, elision, order. Pure functions, many vectors."""

import json
from importlib.resources import files

import pytest

from rebond.catalogue.data import categories_file
from rebond.workshop.data.composing import (
    Answers,
    Attribute,
    compose_description,
    compose_title,
    decimal_comma,
    flaw_words,
)
from rebond.workshop.data.french import (
    COLOURS,
    FLAWS,
    SWATCHES,
    Noun,
    colour_of,
    has_name,
    listed,
    noun_of,
    nouns_of,
    of,
    sentence_case,
)

pytestmark = pytest.mark.unit
ATTRIBUTES = {
    key: Attribute(key, a["name"], a["type"], a.get("unit", ""), {c["key"]: c["fr"] for c in a.get("choices", [])})
    for key, a in categories_file()["attributes"].items()
}


def made(category, universe="", **more):
    values = more.pop("values", {})
    noun = noun_of(category, more.pop("noun", ""))
    return Answers(noun, universe, values=values, attributes=[ATTRIBUTES[key] for key in values], **more)


def test_every_leaf_of_the_tree_has_its_noun():
    leaves = {leaf["key"] for universe in categories_file()["tree"] for leaf in universe["children"]}
    assert {leaf for leaf in leaves if not nouns_of(leaf)} == set()
    raw = json.loads(files("rebond.workshop.data").joinpath("nouns.json").read_text(encoding="utf-8"))
    assert {row[1] for rows in raw["nouns"].values() for row in rows} == {"m", "f", "mp", "fp"}
    assert set(raw["named"]) <= leaves


def test_every_colour_of_the_desk_agrees_and_is_drawn():
    from rebond.catalogue.web.forms.item import COLOURS as OFFERED

    assert set(COLOURS) == set(OFFERED) == set(SWATCHES)
    assert all(len(forms) in {1, 4} for forms in COLOURS.values())


def test_every_flaw_has_words():
    from rebond.catalogue.enums import FlawKind

    assert set(FLAWS) | {"not_working"} == set(FlawKind.values)


ONE_M, ONE_F = Noun("fauteuil"), Noun("chaise", is_feminine=True)
MANY_M, MANY_F = Noun("gants", is_plural=True), Noun("bottes", is_feminine=True, is_plural=True)


@pytest.mark.parametrize(
    ("colour", "forms"),
    [
        ("Bleu", ["bleu", "bleue", "bleus", "bleues"]),
        ("Blanc", ["blanc", "blanche", "blancs", "blanches"]),
        ("Gris", ["gris", "grise", "gris", "grises"]),
        ("Violet", ["violet", "violette", "violets", "violettes"]),
        ("Marron", ["marron"] * 4),
        ("Orange", ["orange"] * 4),
        ("Marine", ["bleu marine"] * 4),
        ("Ocre", ["couleur ocre"] * 4),
        ("", [""] * 4),
    ],
)
def test_colours_agree(colour, forms):
    assert [colour_of(noun, colour) for noun in (ONE_M, ONE_F, MANY_M, MANY_F)] == forms


@pytest.mark.parametrize(
    ("masculine", "forms"),
    [
        ("testé", ["testé", "testée", "testés", "testées"]),
        ("mixte", ["mixte", "mixte", "mixtes", "mixtes"]),
        ("contrôlé", ["contrôlé", "contrôlée", "contrôlés", "contrôlées"]),
        ("précis", ["précis", "précise", "précis", "précises"]),
    ],
)
def test_adjectives_agree(masculine, forms):
    assert [noun.agree(masculine) for noun in (ONE_M, ONE_F, MANY_M, MANY_F)] == forms


def test_pronouns_agree():
    assert [noun.pronoun for noun in (ONE_M, ONE_F, MANY_M, MANY_F)] == ["Il", "Elle", "Ils", "Elles"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Balzac", "de Balzac"),
        ("Alexandre Dumas", "d’Alexandre Dumas"),
        ("Émile Zola", "d’Émile Zola"),
        ("Honoré de Balzac", "d’Honoré de Balzac"),
        ("Hugo", "de Hugo"),
        ("", "de "),
    ],
)
def test_elision(words, said):
    assert of(words) == said


def test_lists_and_capitals():
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a et b", "a, b et c"]
    assert sentence_case("état neuf") == "État neuf"
    assert [decimal_comma("42.50"), decimal_comma(3), decimal_comma("100")] == ["42,5", "3", "100"]


def test_a_category_that_we_do_not_know_is_an_object():
    assert compose_title(made("unheard-of", colour="Vert")) == "Objet vert"
    assert not has_name("chairs")
    assert has_name("novels")


TITLES = [
    (made("chairs", values={"wood": "beech"}), "Chaise en hêtre"),
    (made("chairs", colour="Bleu", values={"wood": "oak"}, brand="Baumann"), "Chaise bleue en chêne Baumann"),
    (made("armchairs", values={"wood": "beech", "cover": "velvet"}), "Fauteuil en hêtre et velours"),
    (made("sideboards", noun="enfilade", values={"wood": "board"}), "Enfilade en mélaminé"),
    (made("shelves", values={"wood": "exotic"}), "Étagère en bois"),
    (made("coat-racks", values={"wood": "rattan"}), "Portemanteau en rotin"),
    (
        made("dresses", colour="Rouge", values={"fabric": "cotton", "audience": "women"}, size="M", brand="Sézane"),
        "Robe rouge en coton pour femme Sézane, taille M",
    ),
    (made("jumpers", values={"fabric": "unknown", "audience": "unisex"}), "Pull mixte"),
    (made("wool-jumpers", values={"fabric": "wool", "audience": "men"}), "Pull en laine pour homme"),
    (made("trainers", "shoes", colour="Blanc", size="42", values={"audience": "men"}), "Baskets blanches pour homme, pointure 42"),
    (made("boots", "shoes", values={"shoe-material": "leather", "audience": "unisex"}), "Bottes en cuir mixtes"),
    (made("childrens-bikes", values={"audience": "child"}), "Vélo pour enfant"),
    (made("cots", values={"audience": "baby"}), "Lit bébé"),
    (made("suitcases", colour="Noir", values={"bag-material": "hard"}), "Valise noire à coque rigide"),
    (made("rings", values={"metal": "costume"}), "Bague fantaisie"),
    (made("rings", values={"metal": "gold-plated"}), "Bague en plaqué or"),
    (made("plates", colour="Blanc", values={"pieces": 6, "table-material": "porcelain"}), "Lot de 6 assiettes blanches en porcelaine"),
    (made("plates", values={"pieces": 1}), "Assiette"),
    (made("bowls", noun="saladier", values={"table-material": "glass"}), "Saladier en verre"),
    (made("tea-sets", values={"pieces": 15}), "Service à thé de 15 pièces"),
    (made("food-storage", noun="bocal", values={"pieces": 4}), "Lot de 4 bocaux"),
    (made("postcards", values={"pieces": 30}), "Lot de 30 cartes postales"),
    (made("pillows", noun="taie d’oreiller", colour="Gris", values={"linen-fabric": "metis"}), "Taie d’oreiller grise en métis"),
    (made("earrings", colour="Doré"), "Boucles d’oreilles dorées"),
    (made("novels", "books", name="Le Père Goriot", values={"author": "Honoré de Balzac"}), "Le Père Goriot, Honoré de Balzac"),
    (made("novels", "books", name="Contes"), "Contes"),
    (made("vinyl", "music-film", name="Histoire de Melody", values={"artist": "Serge G."}), "Histoire de Melody, Serge G., disque vinyle"),
    (made("dvds", "music-film", name="Playtime"), "Playtime, DVD"),
    (made("board-games", "toys", name="Monopoly"), "Jeu de société Monopoly"),
    (made("jigsaws", "toys", name="Venise", values={"pieces": 500}), "Puzzle Venise, 500 pièces"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "title"), TITLES, ids=[title for _answers, title in TITLES])
def test_titles(answers, title):
    assert compose_title(answers) == title


def test_a_title_fits_its_column():
    assert len(compose_title(made("chairs", brand="x" * 80, size="y" * 200))) <= 150


CONDITIONS = [
    ("new_unsold", "chairs", "Elle est neuve et n’a jamais servi."),
    ("new_unsold", "gloves", "Ils sont neufs et n’ont jamais servi."),
    ("like_new", "trainers", "Elles sont comme neuves\u00a0: nous n’avons vu aucune marque."),
    ("like_new", "armchairs", "Il est comme neuf\u00a0: nous n’avons vu aucune marque."),
    ("very_good", "tables", "Elle est en très bon état, avec de petites marques peu visibles."),
    ("good", "sofas", "Il est en bon état, avec des marques d’usage."),
    ("to_repair", "boots", "Elles sont à réparer avant usage."),
]


@pytest.mark.parametrize(("condition", "category", "sentence"), CONDITIONS)
def test_the_condition_agrees(condition, category, sentence):
    assert sentence in compose_description(made(category, condition=condition))


def test_several_sold_together_are_plural_all_along():
    text = compose_description(made("plates", condition="like_new", values={"pieces": 6}))
    assert text == ("Lot de 6 assiettes. Elles sont comme neuves\u00a0: nous n’avons vu aucune marque.")


def test_a_whole_description():
    answers = made(
        "chairs",
        "furniture",
        condition="good",
        colour="Bleu",
        brand="Baumann",
        values={"wood": "beech", "style": "scandinavian", "flat-pack": True, "seats": 1},
        flaws=[("scratch", "Dessus"), ("rust", ""), ("scratch", "Dessus")],
        length_mm=450,
        width_mm=402,
        height_mm=900,
    )
    assert compose_description(answers).splitlines() == [
        (
            "Chaise bleue en hêtre, de la marque Baumann, de style scandinave. "
            "Elle est en bon état, avec les marques décrites ici."
        ),
        "À noter\u00a0: une rayure sur le dessus et de la rouille.",
        (
            "Se démonte. Nombre de places\u00a0: 1. "
            "Dimensions\u00a0: 45\u00a0cm de long, 40,2\u00a0cm de large, 90\u00a0cm de haut."
        ),
    ]


@pytest.mark.parametrize(
    ("category", "values", "sentence"),
    [
        ("kettles", {"tested": "ok"}, "Testée\u00a0: elle fonctionne."),
        ("headphones", {"tested": "partial"}, "Testé, avec une réserve décrite."),
        ("kettles", {"tested": "no"}, "Non testée."),
        ("adult-bikes", {"bike-check": "done"}, "Révisé en atelier."),
        ("scooters", {"bike-check": "checked"}, "Contrôlée."),
        ("adult-bikes", {"bike-check": "none"}, "À réviser."),
        ("adult-bikes", {"gears": 21}, "Nombre de vitesses\u00a0: 21."),
        ("board-games", {"complete": "yes"}, "Complet, les pièces sont comptées."),
        ("board-games", {"complete": "missing"}, "Incomplet."),
        ("dresses", {"sleeves": "long"}, "Manches longues."),
        ("dresses", {"sleeves": "none"}, "Sans manches."),
        ("jeans", {"fit": "straight"}, "Coupe droite."),
        ("kettles", {"capacity": "1.7"}, "Contenance\u00a0: 1,7\u00a0l."),
        ("laptops", {"os": "macos"}, "Système\u00a0: macOS."),
        ("laptops", {"charger": False}, "Sans chargeur."),
        ("laptops", {"charger": True}, "Chargeur fourni."),
        ("pans", {"induction": False}, "Ne va pas sur l’induction."),
        ("dolls", {"ce-mark": True}, "Marquage CE vu sur l’objet."),
        ("novels", {"language": "fr"}, "Langue\u00a0: français."),
        ("board-games", {"players": "2 à 4"}, "Nombre de joueurs\u00a0: 2 à 4."),
    ],
)
def test_characteristics(category, values, sentence):
    assert sentence in compose_description(made(category, values=values)).replace("\n", " ")


@pytest.mark.parametrize("values", [{"ce-mark": False}, {"flat-pack": False}, {"wood": ""}, {"style": None}])
def test_what_is_not_there_is_not_said(values):
    assert compose_description(made("chairs", values=values)) == "Chaise."


def test_what_does_not_work_is_never_said_to_work():
    answers = made("kettles", condition="to_repair", values={"tested": "ok"}, flaws=[("not_working", "")])
    text = compose_description(answers)
    assert "Elle ne fonctionne pas." in text
    assert "Testée" not in text
    many = made("plates", values={"pieces": 6}, flaws=[("not_working", "")])
    assert "Elles ne fonctionnent pas." in compose_description(many)


def test_books_are_told_by_title_and_author():
    answers = made(
        "novels",
        "books",
        name="Le Père Goriot",
        condition="good",
        values={"author": "Honoré de Balzac", "publisher": "Gallimard", "binding": "paperback"},
    )
    assert compose_description(answers).splitlines() == [
        (
            "«\u00a0Le Père Goriot\u00a0», roman d’Honoré de Balzac, publié par Gallimard. "
            "Il est en bon état, avec des marques d’usage."
        ),
        "Format\u00a0: poche.",
    ]
    feminine = made("comics", "books", name="Tintin", values={"publisher": "Casterman"})
    assert "bande dessinée, publiée par Casterman" in compose_description(feminine)


@pytest.mark.parametrize(
    ("kind", "part", "words"),
    [
        ("scratch", "Devant", "une rayure sur le devant"),
        ("hole", "Intérieur", "un trou à l’intérieur"),
        ("stain", "col", "une tache (col)"),
        ("rust", "", "de la rouille"),
        ("unheard-of", "", "un autre défaut"),
    ],
)
def test_flaws(kind, part, words):
    assert flaw_words(kind, part) == words
