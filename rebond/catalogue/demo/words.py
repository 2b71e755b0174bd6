"""Words for synthetic catalogues: French enough for stemming, accents and typos to work as in reality."""

import random
from itertools import accumulate


def _words(text: str) -> list[str]:
    return text.split()


ADJECTIVES = _words("""
ancien vintage simple joli solide léger robuste pratique classique élégant rétro moderne original rustique
authentique rare complet réparé repeint neuf décoré ciselé gravé tressé fleuri rayé uni imprimé brodé doublé
pliant roulant suspendu empilable réglable ajouré laqué ciré patiné vernis émaillé nervuré festonné matelassé
imperméable chaud doux fin épais large étroit haut bas long court grand petit familial artisanal signé
numéroté
""")
COLORS = _words("""
noir blanc bleu gris rouge vert beige marron jaune rose écru orange violet bordeaux turquoise doré argenté
kaki ocre ivoire corail moutarde
""")
MATERIALS = _words("""
chêne hêtre pin teck métal verre laine coton lin cuir velours grès faïence porcelaine osier laiton
""")
SUBJECTS = _words("""
jardin ombre maison enfant mer montagne rivière silence nuit jour voyage secret mémoire lumière hiver été
printemps automne ville campagne train lettre miroir frère sœur père mère fille reine roi soldat médecin
maître voisin boulanger facteur horloger pêcheur berger musicien peintre cheval oiseau loup chat renard
abeille forêt chemin fenêtre porte clef table lampe étoile lune soleil orage vent neige pluie sable pierre
pain sel vin thé encre papier livre cahier carte île port navire phare village château école atelier marché
théâtre cuisine grenier
""")
LINKS = ("du", "de la", "et le", "et la", "sans", "sous la", "dans le", "au bord du", "contre le", "après la")
FIRST_NAMES = _words("""
Anne Jean Claire Paul Louise Marc Hélène Pierre Camille Luc Jeanne Henri Sophie René Élise Victor Alice Émile
Marthe Simon Irène Gaston Colette Albert Nora Léon Odile Félix Rosa Bruno
""")
LAST_NAMES = _words("""
Moreau Delcourt Garnier Lefort Bonnard Chevalier Vasseur Roussel Marchand Perrin Lacombe Fontaine Besson
Gaillard Royer Masson Texier Aubry Collin Dumas Renaud Barbier Guérin Poirier Savary Lambert Noël Tissot
Verdier Charron
""")
SYLLABLES = _words("""
ba be bo ca co da de do fa fe go la le li lo ma me mi mo na ne no pa po ra re ri ro sa so ta te ti to va ve vi
vo
""")
SIZES = ("XS", "S", "M", "L", "XL", "34", "36", "38", "40", "42", "44", "46")


def zipf(count: int, exponent: float) -> list[float]:
    """Cumulative weights for `random.choices`."""
    return list(accumulate((rank + 1) ** -exponent for rank in range(count)))


def invented(draw: random.Random, count: int, endings: tuple[str, ...]) -> list[str]:
    """Distinct words that sound right and mean nothing, always the same for the same `draw`."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choices(SYLLABLES, k=draw.choice((2, 2, 3)))) + draw.choice(endings)] = None
    return list(found)


def singular(name: str) -> str:
    """A category's name as one object's: "Chaises et bancs" gives "Chaise"."""
    first = name.partition(",")[0].partition(" et ")[0].partition(" (")[0]
    return " ".join(_one(word) for word in first.split())


def _one(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss") else word
