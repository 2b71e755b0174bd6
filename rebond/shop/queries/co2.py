"""CO2 that keeping an object in use may avoid: always an estimate, always with its formula (rules.md E3)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rebond.shop.queries.tree import Node

SUBSTITUTION = Decimal("0.6")  # share of second-hand purchases that really replace a new one (rules.md E3: 0.5 to 0.7)
SMALLEST_G = 500  # under this, the estimate says nothing
TRANSPORT_G = 720  # home delivery of a small parcel, grams CO2e (same source): the dearest of the common ways


@dataclass(frozen=True, slots=True)
class Co2:
    """Grams CO2e; `factor_g` is to make one new object, `avoided_g` after substitution and transport."""

    factor_g: int
    avoided_g: int
    source: str
    category: str

    @property
    def kilos(self) -> str:
        """In kg, French decimals: one decimal under 10 kg, none above."""
        value = Decimal(self.avoided_g) / 1000
        step = Decimal("0.1") if value < 10 else Decimal(1)
        return str(value.quantize(step, ROUND_HALF_UP)).replace(".", ",")


def estimate_co2(node: Node | None) -> Co2 | None:
    """Avoided = factor × substitution − transport; None where no factor is known, or hardly anything is avoided."""
    holder = next((n for n in reversed(node.path) if n.co2_factor_g), None) if node else None
    if holder is None or holder.co2_factor_g is None:
        return None
    avoided = int(holder.co2_factor_g * SUBSTITUTION) - TRANSPORT_G
    if avoided < SMALLEST_G:
        return None
    return Co2(holder.co2_factor_g, avoided, holder.co2_source, holder.label)
