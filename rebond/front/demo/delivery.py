"""Delivery prices of the demo's sellers: examples, said to be so; no carrier's own prices."""

import datetime
import random

from rebond.front.demo.network import Network
from rebond.network.enums import CarriageMode
from rebond.network.models import Agreement, Carriage, CarriageStep

SOURCE = "Prix d’exemple de la démonstration, d’aucun transporteur réel"
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
        (table(CarriageMode.RELAY, "Relais Voisins", (1_200, 1_500), []), RELAY),
        (table(CarriageMode.HOME, "Colis Tranquille", (1_000, 1_500), []), HOME),
    ]
    if department.isdigit():  # the postal codes of Corsica do not begin with its departments' letters
        found.append((table(CarriageMode.LOCAL, "Notre camion", (2_500, None), [department]), LOCAL))
    return found


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
