"""Thematic collections, as the catalogue's managers would choose them."""

import datetime
import random

from django.db.models import Q
from django.utils.text import slugify

from rebond.catalogue.models import Collection, CollectionItem, Item
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.journal.models import Entry

# title, English title, tint, introduction, leaves of the tree, colours (any where empty), at most (euros), on the home page
COLLECTIONS: tuple[tuple[str, str, str, str, str, str, int, bool], ...] = (
    ("Une table pour dimanche", "Sunday lunch", "sable", "Des assiettes qui ont connu d’autres familles, une nappe à carreaux, un pichet pour l’eau fraîche. De quoi recevoir à six sans acheter neuf.", "plates glassware tablecloths jugs cutlery bowls tea-sets", "", 60, True),
    ("Lumière douce", "Soft light", "peche", "Lampes champignon, lampadaires sur trois pieds, bougeoirs de laiton. Toutes ont été électrifiées ou essayées à l’atelier.", "table-lamps floor-lamps desk-lamps candlesticks ceiling-lights", "", 90, True),
    ("Années 60, sans mode d’emploi", "The Sixties", "anis", "Enfilades à pieds fuseau, fauteuils cocktail, radios à transistors. Des objets dessinés pour durer, et qui l’ont prouvé.", "armchairs sideboards radios telephones mirrors coffee-tables", "", 400, True),
    ("Premier appartement", "First flat", "ciel", "Une chaise, une casserole, une lampe, un rideau. L’essentiel pour s’installer, à moins de trente euros pièce.", "chairs pots pans kettles desk-lamps curtains toasters stools", "", 30, True),
    ("À vélo, même en hiver", "Cycling, even in winter", "menthe", "Des vélos révisés avec leur fiche d’atelier, des casques contrôlés, un manteau qui coupe le vent.", "adult-bikes childrens-bikes bike-helmets rainwear gloves", "", 300, True),
    ("Lire au coin du poêle", "Fireside reading", "rose", "Des romans qui tiennent chaud, choisis par les libraires du réseau. À partir de un euro.", "novels crime poetry fantasy", "", 8, True),
    ("Rentrée sans plastique", "Back to school", "ciel", "Cartables, carnets et bureaux d’écolier. Certains n’ont jamais servi\u00a0: ce sont des invendus.", "satchels school-supplies notebooks desks globes", "", 120, False),
    ("Jouets en bois", "Wooden toys", "menthe", "Trains, cubes, chevaux à bascule. Poncés, repeints à l’eau quand il le faut, vérifiés pour les petits.", "wooden-toys construction rocking-toys vintage-toys", "", 100, True),
    ("Tout est bleu", "All blue", "ciel", "De la théière au manteau, une seule couleur\u00a0: le bleu de travail.", "teapots jackets vases coats chairs trainers jugs kettles", "Bleu", 120, False),
    ("Face A, face B", "Side A, side B", "lilas", "Des vinyles lavés et écoutés, et de quoi les faire tourner.", "vinyl hi-fi speakers headphones cassettes", "", 170, True),
    ("Laine et tricots", "Wool and knits", "rose", "Pulls jacquard, écharpes, gants. Quelques reprises, toujours décrites.", "wool-jumpers jumpers scarves gloves caps", "", 40, False),
    ("Le jardin se réveille", "The garden wakes", "anis", "Arrosoirs, bêches, pots et bancs pour les premiers beaux jours.", "watering garden-tools plant-pots garden-furniture", "", 150, False),
    ("Cadeaux à moins de dix euros", "Gifts under ten euros", "peche", "De petites trouvailles prêtes à offrir, emballées dans du papier qui a déjà servi.", "figurines frames tins postcards jigsaws music-boxes candlesticks", "", 10, True),
    ("Grand air", "Outdoors", "menthe", "Tentes montées et vérifiées, sacs à dos, chaussures qui connaissent le chemin.", "camping rucksacks hiking hiking-shoes skiing fishing", "", 120, False),
)  # fmt: skip
ITEMS_EACH = 36


def make_collections(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Fourteen collections of available items with pictures; one to come and one that has ended."""
    if Collection.objects.exists():
        return Collection.objects.count()
    rows = []
    for place, (title, english, tint, text, _leaves, _colour, _euros, is_home) in enumerate(COLLECTIONS):
        ends = now.date() - datetime.timedelta(days=5) if title.startswith("Rentrée") else None
        starts = now.date() + datetime.timedelta(days=60) if title.startswith("Le jardin") else None
        rows.append(
            Collection(
                slug=slugify(title.replace("’", " ")), title=title, title_en=english, introduction=text, tint=tint,
                is_on_home=is_home, position=place, starts_on=starts, ends_on=ends, created_at=moment(now, 40 - place),
            )
        )  # fmt: skip
    Collection.objects.bulk_create(rows)
    entries = []
    for row, (*_words, leaves, colour, euros, _is_home) in zip(rows, COLLECTIONS, strict=True):
        entries += [
            CollectionItem(collection=row, item_id=pk, position=n)
            for n, pk in enumerate(_choose(rng, leaves, colour, euros))
        ]
    CollectionItem.objects.bulk_create(entries)
    _journal(rows, network)
    return len(rows)


def _choose(rng: random.Random, leaves: str, colour: str, euros: int) -> list[int]:
    """Items of each leaf in turn, so that neighbours differ."""
    groups = []
    for leaf in leaves.split():
        asked = Q(category__key=leaf, photo_count__gt=0, price_cents__lte=euros * 100) & (
            Q(color=colour) if colour else Q()
        )
        found = list(Item.objects.on_sale().filter(asked).order_by("pk").values_list("pk", flat=True)[:400])
        groups.append(rng.sample(found, min(len(found), ITEMS_EACH)))
    chosen = []
    for turn in range(ITEMS_EACH):
        chosen += [group[turn] for group in groups if turn < len(group)]
    return chosen[:ITEMS_EACH]


def _journal(rows: list[Collection], network: Network) -> None:
    by = network.people[network.operator.slug][1]
    Entry.objects.bulk_create(
        Entry(
            at=row.created_at, action="catalogue.collection.created", subject_kind="catalogue.collection", subject_id=row.public_id,
            subject_label=row.title, actor_id=by.public_id, actor_label=by.display_name,
            organisation_id=network.operator.public_id, organisation_label=network.operator.name,
        )
        for row in rows
    )  # fmt: skip
