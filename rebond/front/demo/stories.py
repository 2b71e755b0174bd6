"""Taglines and stories of the demo's sellers: French sentences chosen by kind, place and year."""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebond.front.demo.sellers import Seller

FIRST_NAMES = [
    "Awa",
    "Jo",
    "Samira",
    "Ibrahim",
    "Lucie",
    "Karim",
    "Odile",
    "Mamadou",
    "Chantal",
    "Yanis",
    "Fatou",
    "Bruno",
    "Nadège",
    "Sofiane",
    "Marguerite",
    "Tesfay",
    "Corinne",
    "Adama",
    "Régis",
    "Leïla",
    "Josiane",
    "Moussa",
    "Patrick",
    "Inaya",
    "Gilles",
    "Rosa",
    "Hervé",
    "Zahra",
    "Fabrice",
    "Marilou",
    "Ousmane",
    "Colette",
    "Denis",
    "Aminata",
    "Thierry",
    "Salomé",
    "Rachid",
    "Bernadette",
    "Kévin",
    "Solange",
    "Farid",
    "Élodie",
    "Youssef",
    "Mireille",
    "Dimitri",
    "Khadija",
]

PLACES = {
    "emmaus_community": (
        "une ancienne ferme",
        "un ancien séminaire",
        "une colonie de vacances abandonnée",
        "une caserne désaffectée",
        "un ancien couvent",
        "une vieille briqueterie",
    ),
    "": (
        "une ancienne conserverie",
        "un garage désaffecté",
        "un ancien supermarché",
        "une filature fermée depuis vingt ans",
        "un hangar de la gare de marchandises",
        "une ancienne imprimerie",
        "deux préfabriqués prêtés par la commune",
        "une ancienne école",
        "un atelier de carrosserie",
        "l’ancienne poste",
    ),
}
FOCUS = {
    "books": (
        "Les livres sont notre spécialité : chaque volume est ouvert, feuilleté, décrit avec ses marques.",
        "Tous nos livres sont au même petit prix, ou presque : ce qui compte, c’est qu’ils soient relus.",
    ),
    "music": ("Chaque disque est lavé, puis écouté des deux côtés avant d’être mis en ligne.",),
    "toys": ("Les pièces sont comptées une à une : un puzzle incomplet ne passe pas la porte.",),
    "sport": ("Les vélos repartent avec des freins, des câbles et des pneus contrôlés, et leur fiche d’atelier.",),
    "clothes": ("Les vêtements sont lavés, repassés, et repris quand une couture lâche.",),
    "electronics": ("Les appareils sont ouverts, nettoyés, essayés deux heures, et leurs données effacées.",),
    "furniture": ("Les meubles passent à l’atelier bois : recollés, poncés, cirés, jamais maquillés.",),
    "tools": ("Les outils sont dégrippés, affûtés, et les manches huilés à la cire.",),
    "tableware": ("La vaisselle est triée pièce par pièce : un éclat est photographié, pas caché.",),
    "": (
        "On trouve de tout chez nous : du buffet de grand-mère au roman de l’été.",
        "Nous recevons chaque semaine deux à quatre tonnes d’objets. Plus de la moitié repart en usage.",
    ),
}
TAGLINES = {
    "emmaus_community": (
        "Vivre ensemble de ce que d’autres donnent",
        "Une maison, un jardin, et des objets qui repartent",
        "Accueillir sans condition, travailler ensemble",
        "Ici, on vit de notre travail, et on en est fiers",
        "Des compagnes et des compagnons qui trient, réparent, vendent",
    ),
    "recycling_shop": (
        "Moins de bennes, plus de trouvailles",
        "Le quartier donne, l’atelier répare, vous emportez",
        "Tout a une deuxième histoire",
        "On collecte, on répare, on raconte",
        "Des objets sauvés, des métiers appris",
    ),
    "aci": (
        "Apprendre un métier en réparant des objets",
        "Des mains qui reprennent confiance",
        "Un contrat, un métier, un chemin",
        "Ici, chaque objet remet quelqu’un en route",
    ),
    "ei": (
        "Une entreprise où l’on revient au travail",
        "Du travail bien fait, par des personnes qui redémarrent",
        "Remettre en état, remettre en selle",
    ),
    "ai": ("Des coups de main, des emplois, des objets qui servent", "Le travail près de chez soi"),
    "association": (
        "Des bénévoles, des caisses, et beaucoup de patience",
        "Partager ce qui dort dans les placards",
        "Petite équipe, grandes trouvailles",
    ),
}
PROMISES = (
    "Nos colis partent dans des cartons qui ont déjà voyagé, calés avec du papier broyé.",
    "Un défaut oublié dans l’annonce ? Écrivez-nous, nous cherchons une solution avec vous.",
    "Vous pouvez venir chercher votre achat sur place : on vous montrera l’atelier.",
    "Nous répondons du lundi au vendredi, et nous emballons deux fois par semaine.",
    "Ce qui ne se vend pas est donné aux familles accueillies par nos partenaires, ou démonté pour les pièces.",
)


WORK = {
    "community": (
        "Ici, on accueille toute personne qui a besoin d’un toit et veut participer. Pas de durée, pas de dossier : on commence par partager un repas. La vente des objets donnés paie la nourriture, la maison, la retraite, et une part va à des projets solidaires.",
        "Chacun choisit son poste avec l’équipe : ramassage, tri, vélos, cuisine, boutique, vente en ligne. On apprend les uns des autres. Nous vivons de notre travail, sans subvention pour la vie courante.",
    ),
    "paths": (
        "Ici, un contrat dure de 4 à 24 mois. {paths} collègues préparent la suite : un permis, une formation, un autre employeur. On apprend à trier, à photographier, à écrire une annonce, à préparer un colis, et tout ce qui est appris est écrit et reconnu.",
        "{paths} personnes sont chez nous en parcours d’insertion. Deux conseillères suivent les projets de chacun. Un an plus tard, près de deux sur trois ont un emploi ou une formation.",
    ),
    "": (
        "Trois matinées par semaine, nous collectons chez les habitants et à la déchèterie. Les objets sont pesés, triés, nettoyés, réparés quand c’est possible. Le reste part dans les bonnes filières.",
        "Salariés et bénévoles travaillent aux mêmes tables. Le mercredi, l’atelier est ouvert : on vient avec son grille-pain en panne, on repart avec la panne comprise.",
    ),
}


KNOWN = {  # the sellers whose people one may be in the demo
    "Les Ateliers du Confluent": (
        "À Marmande, {people} personnes trient, réparent, photographient et emballent",
        (
            "En {since}, une ancienne conserverie au bord de la Garonne. Six personnes, un camion, des livres. Aujourd’hui, trois lignes de tri et une école au premier étage.\n\n"
            "Ici, un contrat dure de 4 à 24 mois. On apprend un métier de la logistique, on passe un permis, on prépare la suite avec Paul et Samia. Un an plus tard, deux personnes sur trois ont un emploi ou une formation.\n\n"
            "Les vélos passent par l’atelier du rez-de-chaussée, les meubles par l’atelier bois, les vêtements par la buanderie. Rien n’est mis en ligne sans être relu à deux.\n\n"
            "« J’ai commencé par les photos. Maintenant je forme les nouveaux. »\nAwa, photographe d’objets, avec son accord"
        ),
    ),
    "Recyclerie du Grand Bain": (
        "Dans les anciens bains-douches d’Agen, on remet tout à flot",
        (
            "En {since}, la ville cherche quoi faire de ses bains-douches. Trois associations du quartier y installent une table de tri, puis une boutique. L’équipe compte à présent {people} personnes, et le bassin sert à laver les vélos.\n\n"
            "Le mercredi, l’atelier est ouvert : on vient avec son grille-pain en panne, on repart avec la panne comprise. Le samedi, la boutique ne désemplit pas.\n\n"
            "On trouve de tout chez nous : du buffet de grand-mère au roman de l’été. Ce qui ne se vend pas est démonté pour les pièces.\n\n"
            "« Un colis bien fait, c’est un colis qu’on aurait envie d’ouvrir. »\nInès, à la vente en ligne, avec son accord"
        ),
    ),
    "Communauté de Saint-Avit": (
        "Une ferme, un camion, et {people} compagnes et compagnons",
        (
            "La communauté est née en {since}, dans une ferme au-dessus de la Dordogne. Les premiers arrivés ont refait le toit avant l’hiver. Nous sommes {people} à vivre et travailler ici.\n\n"
            "On accueille toute personne qui a besoin d’un toit et veut participer. Pas de durée, pas de dossier : on commence par partager un repas. La vente des objets donnés paie la nourriture, la maison, la retraite, et une part va à des projets solidaires.\n\n"
            "Tesfay a monté la vente en ligne avec deux compagnons. Les livres partent le lundi, les colis fragiles le jeudi, et le jardin nourrit tout le monde.\n\n"
            "« Le plus beau, c’est quand l’objet que j’ai réparé part à l’autre bout du pays. »\nJosiane, responsable, avec son accord"
        ),
    ),
}


def typeset(text: str) -> str:
    """French no-break spaces."""
    for sign in ":?!»":
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text.replace("« ", "«\u00a0")


def tagline(rng: random.Random, seller: "Seller") -> str:
    chosen = rng.choice(TAGLINES[seller.kind])
    return KNOWN[seller.name][0].format(people=seller.people) if seller.name in KNOWN else chosen


def _opening(rng: random.Random, seller: "Seller") -> str:
    place = rng.choice(PLACES.get(seller.kind, PLACES[""]))
    town, year = seller.commune.name, seller.since
    if seller.kind == "emmaus_community":
        return rng.choice(
            (
                (
                    f"La communauté est née en {year}, dans {place} près de {town}. Les premiers arrivés ont refait le"
                    f" toit avant l’hiver. Aujourd’hui, {seller.people} compagnes et compagnons vivent et travaillent ici."
                ),
                (
                    f"En {year}, quelques amis reprennent {place} à la sortie de {town}. Ils ramassent des meubles avec un"
                    f" camion prêté. Nous sommes {seller.people} maintenant, et le camion est à nous."
                ),
            )
        )
    return rng.choice(
        (
            (
                f"En {year}, {place}, à {town}. Quelques personnes, un camion, des livres. Aujourd’hui, nous sommes"
                f" {seller.people}, et le camion a de la compagnie."
            ),
            (
                f"Tout commence en {year} dans {place}, à {town}. On y trie d’abord les encombrants du quartier, le samedi."
                f" L’équipe compte à présent {seller.people} personnes."
            ),
            (
                f"{town}, {year} : trois voisins en ont assez de voir partir à la benne des objets qui marchent. Ils louent"
                f" {place}. L’aventure compte aujourd’hui {seller.people} collègues."
            ),
        )
    )


def _work(rng: random.Random, seller: "Seller") -> str:
    kind = {"emmaus_community": "community", "aci": "paths", "ei": "paths", "ai": "paths"}.get(seller.kind, "")
    return rng.choice(WORK[kind]).replace("{paths}", str(seller.paths))


def _voice(rng: random.Random) -> str:
    name = rng.choice(FIRST_NAMES)
    said, job = rng.choice(
        (
            ("J’ai commencé par les photos. Maintenant je forme les nouveaux.", "photographe d’objets"),
            ("Le plus beau, c’est quand l’objet que j’ai réparé part à l’autre bout du pays.", "à la réparation"),
            ("Je n’aimais pas écrire. Maintenant, je cherche le mot juste pour une chaise.", "aux annonces"),
            ("Je vois passer une vie entière dans un carton de livres.", "au tri des livres"),
            ("Ici, on m’a donné les clés du camion la deuxième semaine.", "à la collecte"),
            ("Un colis bien fait, c’est un colis qu’on aurait envie d’ouvrir.", "à l’emballage"),
            ("J’ai repris la couture là où ma mère l’avait laissée.", "à l’atelier textile"),
        )
    )
    return f"« {said} »\n{name}, {job}, avec son accord"


def story(rng: random.Random, seller: "Seller") -> str:
    """Four or five paragraphs, separated by an empty line."""
    parts = [
        _opening(rng, seller),
        _work(rng, seller),
        rng.choice(FOCUS.get(seller.focus, FOCUS[""])),
        _voice(rng),
        rng.choice(PROMISES),
    ]
    told = "\n\n".join(parts)
    if seller.name in KNOWN:
        told = KNOWN[seller.name][1].format(since=seller.since, people=seller.people)
    return typeset(told)
