"""Products on the network's list of recalls: invented ones, so that nobody takes them for real notices."""

import datetime
import random

from rebond.catalogue.actions.recall import add_recall, end_recall
from rebond.catalogue.models import Recall
from rebond.front.demo.admissions import Cast
from rebond.front.demo.network import Network
from rebond.network.models import Membership

ENTRIES: tuple[tuple[int, dict[str, str]], ...] = (  # days ago, what the list holds; the barcodes are of no real product
    (34, {
        "label": "Jeu de quilles en bois Petibou",
        "risk": "Une pièce se détache\u00a0: un petit enfant pourrait l’avaler.",
        "gtin": "2000000000015",
        "brand": "Petibou",
        "model_names": "Quilles de la ferme",
        "source": "maker",
    }),
    (21, {
        "label": "Radiateur soufflant Calorette",
        "risk": "Il chauffe trop et peut prendre feu, même éteint.",
        "brand": "Calorette",
        "model_names": "Brasero 200\nBrasero 300",
        "source": "network",
    }),
    (9, {
        "label": "Chargeur de téléphone sans nom, bleu",
        "risk": "L’isolation est trop mince\u00a0: risque de choc électrique.",
        "gtin": "2000000000022",
        "source": "network",
    }),
)  # fmt: skip
ENDED = 2, "Le fabricant a donné la preuve que ce lot est conforme."


def make_recalls(_rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Three products, of which one was put there by mistake and ended."""
    if Recall.objects.exists():
        return Recall.objects.count()
    people = Membership.objects.filter(organisation=network.operator, role="coordinator").select_related("user")
    if (coordinator := people.order_by("pk").first()) is None:
        return 0
    by = coordinator.user
    made = []
    for days, fields in ENTRIES:
        with Cast(by, [], now).at(days) as when:
            made.append(add_recall(fields=fields, by=by, now=when))
    days, reason = ENDED
    with Cast(by, [], now).at(days) as when:
        end_recall(recall=made[-1], reason=reason, by=by, now=when)
    return len(made)
