"""CO2 that keeping an object in use may avoid: always an estimate, always with its formula (rules.md E3)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rebond.shop.queries.tree import Node

SUBSTITUTION = Decimal("0.6")  # share of second-hand purchases that really replace a new one (rules.md E3: 0.5 to 0.7)
SUBSTITUTION_PERCENT = int(SUBSTITUTION * 100)
SMALLEST_G = 500  # under this, the estimate says nothing
# Grams CO2e for one purchase, ADEME Impact CO2, July 2026 (rules.md E3): a small parcel fetched by car at a pick-up
# point, the most of the ways that a parcel travels (on foot 660, at home 720). A drive to the workshop for one
# object is 4,800 to 5,200: the page says so.
TRANSPORT_G = 1_650
BOX_G = 300  # grams of new cardboard: our supposition, although most workshops use boxes again
CARDBOARD_G_PER_KG = 885  # grams of fossil CO2 to make a kilo of cartonboard (Pro Carton, carbon footprint)
PACKAGING_G = -(-BOX_G * CARDBOARD_G_PER_KG // 1000)


@dataclass(frozen=True, slots=True)
class Co2:
    """Grams CO2e; `factor_g` is to make one new object, `avoided_g` after substitution, transport and packaging.

    `source` names the factor and its version, `substitution` is in percent: both are printed with the figure.
    """

    factor_g: int
    avoided_g: int
    source: str
    category: str
    substitution: int = SUBSTITUTION_PERCENT

    @property
    def kilos(self) -> str:
        """In kg, French decimals: one decimal under 10 kg, none above."""
        value = Decimal(self.avoided_g) / 1000
        step = Decimal("0.1") if value < 10 else Decimal(1)
        return str(value.quantize(step, ROUND_HALF_UP)).replace(".", ",")


def estimate_co2(node: Node | None) -> Co2 | None:
    """Avoided = factor × substitution − transport − packaging; None without a factor, or where hardly anything is."""
    holder = next((n for n in reversed(node.path) if n.co2_factor_g), None) if node else None
    if holder is None or holder.co2_factor_g is None:
        return None
    avoided = int(holder.co2_factor_g * SUBSTITUTION) - TRANSPORT_G - PACKAGING_G
    if avoided < SMALLEST_G:
        return None
    return Co2(holder.co2_factor_g, avoided, holder.source, holder.label)
