"""What buyers of the demo keep, follow and report."""

import datetime
import random

from django.http import QueryDict

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.network.models import Membership
from rebond.shop.actions.alert import create_alert
from rebond.shop.actions.notice import create_notice, decide_notice
from rebond.shop.models import Alert, Favourite, Notice
from rebond.shop.queries.params import read_params

KEPT = (  # who, leaves of the tree, how many
    ("Camille Vasseur", "coats boots adult-bikes teapots table-lamps childrens-books", 16),
    ("Mehdi Larrieu", "crime novels vinyl hi-fi armchairs", 11),
    ("Solène Guivarch", "chairs sofas pots plates curtains floor-lamps bedside-tables mirrors", 24),
)
SEARCHES = (  # who, query of the results page, how often
    ("Camille Vasseur", "q=manteau+laine&etat=tres-bon-etat&etat=comme-neuf", "daily"),
    ("Camille Vasseur", "q=v%C3%A9lo+de+ville&departement=47&departement=33", "at_once"),
    ("Mehdi Larrieu", "q=maurice+leblanc", "daily"),
    ("Mehdi Larrieu", "q=platine&prix_max=120", "daily"),
    ("Solène Guivarch", "q=enfilade&prix_max=250", "at_once"),
    ("Solène Guivarch", "q=fauteuil&couleur=Jaune", "daily"),
)
NOTICES = (  # leaf, reason, what is said, who says it
    ("smartphones", "stolen", "Je reconnais ce téléphone à la rayure du coin\u00a0: il m’a été volé en octobre, j’ai déposé plainte.", "Julie Besson"),
    ("wooden-toys", "dangerous", "Ce modèle a été rappelé l’an dernier\u00a0: les roues se détachent et peuvent être avalées.", "Marc Thibault"),
    ("handbags", "counterfeit", "La boucle n’est pas celle de la maison. Je pense que c’est une copie.", "Odile Prudhomme"),
    ("paintings", "rights", "Cette photo est la mienne, elle vient de mon site d’artiste.", "Ariane Colas"),
    ("radios", "misleading", "L’annonce dit «\u00a0révisée\u00a0», or le vendeur m’a dit au téléphone qu’elle n’avait pas été ouverte.", "Pierre Lagarde"),
)  # fmt: skip


def _items(rng: random.Random, leaf: str, count: int) -> list[Item]:
    rows = list(Item.objects.public().filter(category__key=leaf, photo_count__gt=0).order_by("pk")[:300])
    return rng.sample(rows, min(count, len(rows)))


def _user(name: str) -> User:
    return User.objects.get(name=name, demo_role__gt="")


def make_favourites(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Objects set aside, one of them sold since."""
    if Favourite.objects.exists():
        return Favourite.objects.count()
    rows = []
    for name, leaves, count in KEPT:
        user = _user(name)
        each = -(-count // len(leaves.split()))
        found = [item for leaf in leaves.split() for item in _items(rng, leaf, each)][: count - 1]
        found += [
            item for item in Item.objects.filter(state="sold").order_by("-sold_at", "pk")[:1] if item not in found
        ]
        rows += [
            Favourite(user=user, item=item, created_at=moment(now, 1 + place * 1.7)) for place, item in enumerate(found)
        ]
    Favourite.objects.bulk_create(rows)
    return len(rows)


def make_alerts(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Searches kept by the buyers, one "objects like this one", and a guest's that waits for its confirmation."""
    if Alert.objects.exists():
        return Alert.objects.count()
    cast = Cast(network.people[network.operator.slug][0], [], now)
    for place, (name, query, frequency) in enumerate(SEARCHES):
        user = _user(name)
        with cast.at(20 - place * 2) as when:
            params = read_params(QueryDict(query))
            create_alert(email=user.email or "", by=user, params=params, frequency=frequency, now=when)
    liked = _items(rng, "armchairs", 1)
    with cast.at(3) as when:
        if liked:
            user = _user("Solène Guivarch")
            create_alert(email=user.email or "", by=user, item=liked[0], now=when)
        create_alert(
            email="visiteur@exemple.rebond.localhost", by=None, params=read_params(QueryDict("q=accordéon")), now=when
        )
    return Alert.objects.count()


def make_notices(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Notices of illegal content that wait for the moderator (DSA art. 16)."""
    if Notice.objects.exists():
        return Notice.objects.count()
    cast = Cast(network.people[network.operator.slug][0], [], now)
    for place, (leaf, reason, text, name) in enumerate(NOTICES):
        found = _items(rng, leaf, 1)
        email = f"{name.split(' ', maxsplit=1)[0].lower()}@exemple.rebond.localhost"
        if found:
            with cast.at(0.3 + place * 0.9) as when:
                create_notice(item=found[0], reason=reason, explanation=text, name=name, email=email, now=when)
    _decide(rng, network, now)
    return Notice.objects.count()


def _decide(rng: random.Random, network: Network, now: datetime.datetime) -> None:
    """One notice of last week, decided: the page stays, and both sides were told why (DSA art. 17)."""
    found = _items(rng, "vases", 1)
    moderator = (
        Membership.objects.filter(organisation=network.operator, role="moderator").select_related("user").first()
    )
    if not found or moderator is None:
        return
    cast = Cast(moderator.user, [], now)
    text = "Le vase est signé d’un nom que je ne trouve nulle part."
    statement = "L’annonce parle d’une signature sous le pied, et la photo la montre. Elle n’attribue le vase à personne. Nous ne retirons donc rien."
    with cast.at(9) as when:
        notice = create_notice(
            item=found[0],
            reason="misleading",
            explanation=text,
            name="Gilles Rambaud",
            email="gilles@exemple.rebond.localhost",
            now=when,
        )
    with cast.at(7.5) as when:
        decide_notice(
            notice=notice, decision="no_action", ground="none", statement=statement, by=moderator.user, now=when
        )
