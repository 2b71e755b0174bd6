"""Terms of sale of the demo's sellers and of its operator: the model filled in, and for some a second version."""

import datetime
import random

from rebond.front.demo.network import Network
from rebond.network.enums import SellerState
from rebond.network.models import Organisation
from rebond.shop.models import TermsVersion
from rebond.shop.queries.terms import model_text

FIRST, SECOND = datetime.timedelta(days=500), datetime.timedelta(days=120)
KEPT = "[Combien de temps gardez-vous un objet à retirer ?]"
BACK = "[à vos frais, ou aux nôtres ?]"


def make_terms(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """One version for each seller and the operator, two for one seller in three; the rows there are."""
    if TermsVersion.objects.exists():
        return TermsVersion.objects.count()
    rows: list[TermsVersion] = []
    sellers = Organisation.objects.filter(seller_state=SellerState.ADMITTED).order_by("pk")
    for place, organisation in enumerate([network.operator, *sellers]):
        text = model_text(organisation).replace("[à compléter]", "voir la page du vendeur")
        first = text.replace(KEPT, "Nous gardons un objet à retirer 15 jours.").replace(BACK, "à vos frais")
        rows.append(_version(organisation, 1, first, "", now - FIRST))
        if place % 3 == 1:
            then = text.replace(KEPT, "Nous gardons un objet à retirer 30 jours.").replace(BACK, "à vos frais")
            rows.append(_version(organisation, 2, then, "Retrait : 30 jours au lieu de 15", now - SECOND))
    TermsVersion.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def _version(organisation: Organisation, number: int, text: str, note: str, at: datetime.datetime) -> TermsVersion:
    return TermsVersion(
        organisation=organisation, number=number, text=text, note=note, published_at=at, published_by=organisation.name
    )
