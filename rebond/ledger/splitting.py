"""The one rounding rule of the books: integer cents, halves up, remainders to the largest, ties to the first.

docs/algorithms/fees.md has the worked numbers; tests/ledger/test_splitting.py the properties.
"""

from collections.abc import Sequence


def half_up(amount: int, numerator: int, denominator: int) -> int:
    """`amount × numerator ÷ denominator` to the nearest cent, a half up. Nothing below zero."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` cents in the proportion of `weights`: the parts add up to it exactly.

    Each part is rounded down; the cents left go one by one to the largest remainders, between equals to the first.
    A total below zero is split like its opposite. Raise ValueError where no weight is above zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be zero or more, one of them above")
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(amount * weights[n] % whole), n))
    for n in order[: amount - sum(parts)]:
        parts[n] += 1
    return [sign * part for part in parts]


def given_back(fee: int, price: int, before: int, after: int) -> int:
    """What comes back of a `fee` on a `price` when what is refunded of the price goes from `before` to `after`.

    The difference of two roundings of the same share: partial refunds in any number and order never give back more
    than the fee, and the last one gives back what is left to the cent.
    """
    return half_up(fee, after, price) - half_up(fee, before, price)
