"""What every way in obeys."""

import re
import unicodedata
from types import SimpleNamespace

import pytest

from rebond.catalogue.data.safety import RULES
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.validators import (
    clean_attributes,
    clean_gtin,
    clean_text,
    is_isbn,
    plain,
    safety_findings,
    safety_rules_at_stake,
)

pytestmark = pytest.mark.unit


def definition(kind, *choices):
    return SimpleNamespace(key="it", type=kind, choices=list(choices))


OAK = {"key": "oak", "fr": "Chêne", "en": "Oak"}
TEAK = {"key": "teak", "fr": "Teck", "en": "Teak"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("978-2-07-036822-8", "9782070368228"),
        ("207036822X", "9782070368228"),
        ("4006381333931", "4006381333931"),
        ("40170725", "40170725"),
        ("", ""),
        (None, ""),
    ],
)
def test_gtin_is_kept_as_digits(typed, kept):
    assert clean_gtin(typed) == kept


@pytest.mark.parametrize("typed", ["4006381333930", "123", "abcdefgh", "97820703682281", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_gtin_with_a_wrong_digit_or_length_is_refused(typed):
    with pytest.raises(FieldInvalid) as caught:
        clean_gtin(typed)
    assert caught.value.field == "gtin"


def test_isbn_is_told_from_other_numbers():
    assert is_isbn("9782070368228")
    assert not is_isbn("4006381333931")


def test_text_loses_control_signs_and_has_a_limit():
    assert clean_text("  Chaise\x00 \n en  hêtre ", field="title", limit=20) == "Chaise en hêtre"
    assert clean_text("a\nb", field="description", limit=20, lines=True) == "a\nb"
    with pytest.raises(FieldInvalid) as caught:
        clean_text("x" * 5000, field="title", limit=150)
    assert "5000" in str(caught.value)


def test_plain_folds_accents_and_ligatures():
    assert plain("L’Œuvre d’Été") == "l oeuvre d ete"


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("choice", "oak", "oak"),
        ("choice", "CHENE", "oak"),
        ("choice", "Oak", "oak"),
        ("multi", "Teck; chêne", ["oak", "teak"]),
        ("multi", ["teak"], ["teak"]),
        ("integer", "1 200", 1200),
        ("decimal", "12,50", "12.5"),
        ("decimal", "100", "100"),
        ("boolean", "oui", True),
        ("boolean", "non", False),
        ("text", "  à  la main ", "à la main"),
    ],
)
def test_attribute_values_take_their_type(kind, given, kept):
    assert clean_attributes([definition(kind, OAK, TEAK)], {"it": given}) == {"it": kept}


@pytest.mark.parametrize(
    ("kind", "given"),
    [("choice", "ébène"), ("multi", "oak;ébène"), ("integer", "1,5"), ("integer", "-1"), ("decimal", "beaucoup"),
     ("decimal", "NaN"), ("boolean", "peut-être"), ("text", "x" * 201)],
)  # fmt: skip
def test_wrong_attribute_values_are_refused(kind, given):
    with pytest.raises(FieldInvalid) as caught:
        clean_attributes([definition(kind, OAK, TEAK)], {"it": given})
    assert caught.value.field == "attributes.it"


def test_unknown_attributes_are_dropped_and_proofs_kept():
    kept = clean_attributes([definition("text")], {"it": "", "other": "1", "proof-helmet": "neuf, invendu"})
    assert kept == {"proof-helmet": "neuf, invendu"}


def keys(title="", text="", **given):
    given = {"rules": (), "attributes": {}, "condition": "good"} | given
    return [rule.key for rule in safety_findings(title=title, text=text, **given)]


@pytest.mark.parametrize(
    ("title", "text", "rule"),
    [
        ("Fusil de chasse ancien", "", "weapon"),
        ("Siège auto groupe 2", "", "car-seat"),
        ("Boîte de doliprane", "", "medicine"),
        ("Statuette en ivoire", "", "species"),
        ("Lit de bébé en hêtre", "", "cot"),
        ("Lampe de bureau", "Montée sur un ancien fusil de guerre.", "weapon"),
        # Ordinary French around a dangerous thing: none of these words makes it another thing.
        ("Carabine 22LR", "Bon état, livrée avec son étui.", "weapon"),
        ("Carabine 22LR livré avec étui", "", "weapon"),
        ("Carabine 22LR", "Ce n’est pas un jouet.", "weapon"),
        ("Carabine 22LR et carabine jouet", "", "weapon"),
        ("Jouets, carabine 22LR", "", "weapon"),
        ("Doliprane 1000 mg", "Boîte à peine entamée", "medicine"),
        ("Siège auto bébé", "Housse lavable", "car-seat"),
        ("Siège auto bébé, housse lavable", "", "car-seat"),
        ("Housse neuve et siège auto", "", "car-seat"),
        ("Lit parapluie", "Vendu avec drap", "cot"),
        ("Lit bébé et parure", "", "cot"),
        ("iPhone 8 avec chargeur", "", "data"),
        ("Coque et iPhone 8", "", "data"),
        ("Chargeur, câble + iPhone 8", "", "data"),
        ("Collier en vrai ivoire", "Une imitation ? Non.", "species"),
        ("Imitation ? Non, vrai ivoire", "", "species"),
        ("Vase blanc en ivoire", "", "species"),
    ],
)
def test_safety_words_hold_an_item_back_in_any_category(title, text, rule):
    assert keys(title, text) == [rule]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Robe couleur ivoire", "Un beau blanc ivoire."),
        ("Bracelet en imitation ivoire", "Imitation d’ivoire des années 30"),
        ("Pistolet à eau, jouet", ""),
        ("Jouet ancien : carabine à bouchon", "La carabine est en bois."),
        ("Fusil de pirate Playmobil", "Le fusil est complet."),
        ("Playmobil cow-boy avec son fusil", ""),
        ("Fusil à aiguiser", "Fusil de boucher en acier"),
        ("Livre sur les fusils de chasse", "Les carabines y sont dessinées."),
        ("Housse de siège auto", "Va sur tous les sièges auto."),
        ("Housse lavable et douce", "Pour siège auto, groupe 1"),
        ("Lot de 3 housses", "Sièges auto de tous les âges"),
        ("Armoire à pharmacie pour médicaments, boîte à pharmacie", ""),
        ("Boîte à médicaments en métal", "On y rangeait les médicaments."),
        ("Drap-housse pour lit bébé", ""),
        ("Coque en silicone noire pour iPhone 8", "iPhone 8 seulement"),
        ("Enceinte", "Compatible avec iPhone, pour smartphone"),
    ],
)
def test_safety_words_in_harmless_company_do_not(title, text):
    assert keys(title, text) == []


def test_words_do_not_count_for_books():
    assert keys("Le Fusil de chasse", rules=("no-words",)) == []


def test_a_proof_lifts_a_rule_and_a_refusal_has_none():
    assert keys("Siège auto", attributes={"proof-car-seat": "R129, 2022, jamais accidenté"}) == []
    assert keys("Fusil", attributes={"proof-weapon": "oui"}) == ["weapon"]


def test_electricals_need_a_test_or_to_be_sold_for_repair():
    assert keys(rules=("electrical",)) == ["electrical"]
    assert keys(rules=("electrical",), attributes={"tested": "no"}) == ["electrical"]
    assert keys(rules=("electrical",), attributes={"tested": "ok"}) == []
    assert keys(rules=("electrical",), condition="to_repair") == []


def test_toys_need_a_ce_mark_or_to_be_no_toy():
    assert keys(rules=("toy",)) == ["toy"]
    assert keys(rules=("toy",), attributes={"ce-mark": True}) == []
    assert keys(rules=("toy",), attributes={"collectible": True}) == []


def test_rules_at_stake_are_told_even_when_lifted():
    assert [r.key for r in safety_rules_at_stake(rules=("toy",), title="Casque de vélo", text="")] == ["helmet", "toy"]


@pytest.mark.parametrize("typed", ["", None, "inconnu", "Non précisé", "?"])
def test_a_yes_no_that_is_not_said_is_not_kept(typed):
    assert clean_attributes([definition("boolean")], {"it": typed}) == {}


def slow_plain(text):
    """The same by the book: every sign looked at alone."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters.lower()).split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Chaise",
        " É è—à ",
        "L’Œuvre d’Été…",
        "a\u20ddb",
        "ǅ Ⅻ ½",
        "שָׁלוֹם x",
        "İstanbul",
        "ﬁn",
        "n\u0303o",
        "5 × 3 cm²",
    ],
)
def test_plain_is_what_the_book_says(text):
    assert plain(text) == slow_plain(text)


def one_of_each(word):
    """Texts that a rule's word matches, with each of its choices."""
    texts = [word]
    while any("(?:" in t for t in texts):
        grown = []
        for text in texts:
            found = re.search(r"\(\?:([^()]*)\)(\??)", text)
            choices = [*found[1].split("|"), *([""] if found[2] else [])] if found else [None]
            grown += [text if c is None else text[: found.start()] + c + text[found.end() :] for c in choices]
        texts = grown
    return [t for text in texts for t in (text.replace("?", ""), re.sub(r".\?", "", text))]


def test_a_rule_is_called_by_each_form_of_each_of_its_words():
    for rule in RULES.values():
        for word in rule.words:
            for text in one_of_each(word):
                assert rule.pattern.search(text), (rule.key, text)
                said = f"Un {text.upper()} ancien"
                assert rule in safety_rules_at_stake(rules=[], title="", text=said), (rule.key, text)
