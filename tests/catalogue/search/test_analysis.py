import pytest

from rebond.catalogue.search.analysis import dictionary_terms, query_words, stem, terms, words
from rebond.catalogue.search.words import allowed_distance, distance

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "forms",
    [
        "chaise chaises CHAISE Chaises",
        "vélo velo vélos VÉLOS velos",
        "cheval chevaux",
        "journal journaux",
        "manteau manteaux",
        "bijou bijoux",
        "jeu jeux",
        "bleu bleue bleus bleues",
        "blanc blanche blancs blanches",
        "éclairé éclairée éclairés éclairées eclairees",
        "œil oeil yeux",
        "lit lits",
        "policier policière policiers policières",
        "sportif sportive sportives",
        "creux creuse creuses",
        "canapé canapés canape",
    ],
)
def test_forms_of_a_word_have_one_term(forms):
    assert len({stem(word) for word in forms.split()}) == 1, {word: stem(word) for word in forms.split()}


@pytest.mark.parametrize(
    "pair", ["chaise chaîne", "livre lièvre", "table tableau", "lit litre", "bol bois", "pot port"]
)
def test_different_words_stay_different(pair):
    left, right = pair.split()
    assert stem(left) != stem(right)


def test_elision_and_little_words_are_left_out():
    assert words("L’armoire d'époque qu’on a de la grand-mère") == ["armoire", "époque", "grand", "mère"]


def test_terms_are_joined_by_spaces():
    assert terms("Deux chaises d’école") == "deu chais ecol"


def test_dictionary_keeps_the_accented_form_beside_the_folded():
    assert sorted(dictionary_terms("Canapé rouge").split()) == ["canape·canapé", "rouge"]


def test_query_words_are_bounded():
    assert len(query_words(" ".join(f"mot{n}" for n in range(500)))) == 12
    assert query_words("a" * 5_000) == []


@pytest.mark.parametrize(
    ("word", "most"), [("bol", 0), ("lampe", 1), ("fauteil", 1), ("bibliotheque", 2), ("90x200", 0)]
)
def test_typos_allowed_by_length(word, most):
    assert allowed_distance(word) == most


@pytest.mark.parametrize(
    ("left", "right", "most", "far"),
    [
        ("chaise", "chaise", 1, 0),
        ("chiase", "chaise", 1, 1),  # two neighbours swapped are one typo
        ("chaisse", "chaise", 1, 1),
        ("caise", "chaise", 1, 1),
        ("fauteil", "fauteuil", 2, 1),
        ("armoire", "lampe", 1, 2),
        ("abcdefgh", "hgfedcba", 2, 3),
    ],
)
def test_distance_is_bounded(left, right, most, far):
    assert distance(left, right, most) == far
