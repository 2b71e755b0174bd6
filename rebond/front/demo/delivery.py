"""Delivery prices of the demo's sellers: examples, said to be so; no carrier's own prices."""

import datetime
import random
from decimal import Decimal

from rebond.front.demo.network import Network
from rebond.network.enums import CarriageMode
from rebond.network.models import Agreement, Carriage, CarriageStep, PickupPoint
from rebond.network.queries.places import communes

SOURCE = "Prix d’exemple de la démonstration, d’aucun transporteur réel"
RELAYS = "Relais Voisins (exemple)"
SHOPS = (
    "Tabac du Pont", "Épicerie de la Gare", "Presse du Marché", "Fleurs et Compagnie", "Librairie du Coin",
    "Pressing des Arcades", "Café de la Place", "Cordonnerie Minute", "Bazar du Centre", "Alimentation du Parc",
)  # fmt: skip
STREETS = ("rue de la République", "place de la Mairie", "avenue de la Gare", "rue des Écoles", "rue du Marché")
HOURS = ("Lun.–sam. 8 h – 19 h", "Mar.–sam. 9 h – 12 h 30, 14 h – 19 h", "Tous les jours 7 h – 20 h")
LEAST = 1_500  # people: smaller communes go to the next one
type Steps = tuple[tuple[int, int], ...]
RELAY: Steps = (
    (500, 410), (1_000, 490), (2_000, 590), (3_000, 690), (5_000, 890), (10_000, 1_290), (20_000, 1_990),
)  # fmt: skip
HOME: Steps = (
    (250, 520), (500, 690), (1_000, 890), (2_000, 990), (5_000, 1_490), (10_000, 2_190), (20_000, 2_990),
    (30_000, 3_490),
)  # fmt: skip
LOCAL: Steps = ((15_000, 900), (40_000, 1_900), (80_000, 2_900), (150_000, 4_900))


def _tables(agreement: Agreement, department: str) -> list[tuple[Carriage, Steps]]:
    def table(mode: str, carrier: str, sizes: tuple[int | None, int | None], zone: list[str]) -> Carriage:
        return Carriage(
            agreement=agreement, mode=mode, carrier=carrier, zone=zone, source=SOURCE,
            max_length_mm=sizes[0], max_sum_mm=sizes[1],
        )  # fmt: skip

    found = [
        (table(CarriageMode.RELAY, RELAYS, (1_200, 1_500), []), RELAY),
        (table(CarriageMode.HOME, "Colis Tranquille (exemple)", (1_000, 1_500), []), HOME),
    ]
    if department.isdigit():  # the postal codes of Corsica do not begin with its departments' letters
        found.append((table(CarriageMode.LOCAL, "Notre camion", (2_500, None), [department]), LOCAL))
    return found


def make_points(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Invented shops, in the communes of the reference data: one for each 8,000 people, twelve at most."""
    if PickupPoint.objects.exists():
        return PickupPoint.objects.count()
    rows: list[PickupPoint] = []
    for place in communes().values():
        if place.population < LEAST or not place.latitude or place.department.startswith("97"):
            continue
        for number in range(min(12, 1 + place.population // 8_000)):
            north, east = (rng.uniform(-0.012, 0.012) if number else rng.uniform(-0.002, 0.002) for _ in "ne")
            rows.append(
                PickupPoint(
                    carrier=RELAYS,
                    code=f"X{place.code}{number:02d}",
                    name=rng.choice(SHOPS),
                    address=f"{rng.randint(1, 90)} {rng.choice(STREETS)}",
                    postal_code=rng.choice(place.postal_codes),
                    city=place.name,
                    latitude=Decimal(place.latitude) + round(Decimal(north), 5),
                    longitude=Decimal(place.longitude) + round(Decimal(east), 5),
                    hours=rng.choice(HOURS),
                    updated_at=now,
                )
            )
    PickupPoint.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def make_carriages(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Two carriers for each seller, and its own van in its department; by weight and size."""
    if Carriage.objects.exists():
        return Carriage.objects.count()
    rows: list[tuple[Carriage, Steps]] = []
    for agreement in Agreement.objects.select_related("organisation").order_by("pk"):
        site = agreement.organisation.sites.order_by("-is_main", "pk").first()
        rows += _tables(agreement, site.department if site else "")
    Carriage.objects.bulk_create([table for table, _steps in rows])
    CarriageStep.objects.bulk_create(
        CarriageStep(carriage=table, up_to_g=grams, cents=cents) for table, steps in rows for grams, cents in steps
    )
    return len(rows)
