"""The demo's opinions of buyers and what was asked back, in bulk, as the actions would have written them.

A bit above nine out of ten, and under three requests for a hundred deliveries (rules.md 0.2); one seller is in alert.
"""

import datetime
import random
from collections import Counter
from collections.abc import Sequence

from django.utils import timezone

from rebond.front.demo.network import Network
from rebond.front.demo.sellers import DATA
from rebond.journal.models import Entry
from rebond.shop.actions.quality import close_quality
from rebond.shop.actions.rating import ASK_AFTER, byline_of
from rebond.shop.models import QualityDay, Rating, RatingAsked, SellerOrder

DAY = datetime.timedelta(days=1)
ANSWER_IN = 3  # two deliveries in three are answered
SIGNED_IN, SAID_IN, REPLIED_IN = 3, 2, 9
STRIDE = 7  # each seller begins elsewhere in the scores
LESS_LIKED = 3  # place, among the busiest sellers, of the one that is in alert
# Mean 9.3, and nine at least for any ten answers on that follow each other, wherever they begin: no seller is in alert.
SCORES = (10, 9, 10, 8, 10, 9, 10, 10, 7, 10, 10, 9, 10, 8, 10, 9, 10, 10, 7, 10)
WORSE = (8, 9, 6, 10, 7, 9, 5, 8, 10, 4)  # mean 7.6
REPLIES = (
    "Merci d’avoir pris le temps de l’écrire. Toute l’équipe l’a lu ce matin.",
    "Merci ! Nous vérifions désormais la visserie avant l’envoi.",
    "Vous avez raison, nous ajouterons les dimensions à nos annonces.",
)


def make_opinions(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Two deliveries in three are answered; the sums of finished days follow."""
    if Rating.objects.exists():
        return Rating.objects.count()
    rows = SellerOrder.objects.filter(delivered_at__lte=now - ASK_AFTER).select_related("order", "seller")
    parts = list(rows.order_by("delivered_at", "pk"))
    RatingAsked.objects.bulk_create(
        [RatingAsked(part=part, asked_at=(part.delivered_at or now) + ASK_AFTER) for part in parts], batch_size=500
    )
    made = _answers(rng, parts, now)
    Rating.objects.bulk_create(made, batch_size=500)
    Entry.objects.bulk_create([_entry(one) for one in made], batch_size=500)
    QualityDay.objects.all().delete()  # what an early run of the worker wrote is of before
    close_quality(today=timezone.localdate(now))
    return len(made)


def _answers(rng: random.Random, parts: Sequence[SellerOrder], now: datetime.datetime) -> list[Rating]:
    said, worse = _said(), _less_liked(parts)
    made: list[Rating] = []
    places: Counter[int] = Counter()
    for number, part in enumerate(parts):
        answered = (part.delivered_at or now) + ASK_AFTER + datetime.timedelta(hours=rng.randint(1, 90))
        if number % ANSWER_IN == 0 or answered >= now:
            continue
        scores = WORSE if part.seller_id == worse else SCORES
        score = scores[(part.seller_id * STRIDE + places[part.seller_id]) % len(scores)]
        places[part.seller_id] += 1
        words = rng.choice(said[score]) if number % SAID_IN == 0 and said.get(score) else ""
        is_replied = bool(words) and number % REPLIED_IN == 0
        made.append(
            Rating(
                part=part,
                seller=part.seller,
                score=score,
                comment=words,
                byline=byline_of(part.order) if number % SIGNED_IN == 0 else "",
                experienced_on=timezone.localdate(part.delivered_at),
                answered_at=answered,
                reply=rng.choice(REPLIES) if is_replied else "",
                replied_at=min(answered + DAY, now) if is_replied else None,
                replied_by="L’équipe" if is_replied else "",
            )
        )
    return made


def _said() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line in (DATA / "opinions.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            score, words = line.split("|", 1)
            found.setdefault(int(score), []).append(words.strip().replace(" !", "\u00a0!"))
    return found


def _less_liked(parts: Sequence[SellerOrder]) -> int | None:
    """One seller with enough deliveries to be told about: its figure crosses the threshold."""
    counts: dict[int, int] = {}
    for part in parts:
        counts[part.seller_id] = counts.get(part.seller_id, 0) + 1
    busiest = sorted(counts, key=lambda key: (-counts[key], key))
    return busiest[min(LESS_LIKED, len(busiest) - 1)] if busiest else None


def _entry(rating: Rating) -> Entry:
    return Entry(
        action="shop.rating.given",
        at=rating.answered_at,
        subject_kind="shop.rating",
        subject_id=rating.public_id,
        subject_label=str(rating)[:200],
        organisation_id=rating.seller.public_id,
        organisation_label=rating.seller.name[:200],
        data={"score": rating.score},
    )
