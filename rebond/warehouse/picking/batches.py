"""Which orders go on one cart: savings, then a seeded search by counts, never by the clock.

Clarke and Wright (Operations Research 12, 1964) join what saves most; De Koster, Van der Poort and Wolters
(International Journal of Production Research 37, 1999) do so with orders. Then orders change carts or places with one
another; what makes walks longer is allowed less and less (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983). The same
input and effort give the same carts.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rebond.warehouse.picking.measures import Measure
from rebond.warehouse.picking.network import Ints

AT_ONCE = 4
"""Moves a cart looked at together; those that touch other carts than the ones done before them stay true."""
NEIGHBOURS = 20
MOVES_PER_ORDER = 2_000
WORK = 600_000_000
"""At most so many additions: fewer moves where a length is more work."""
WARM, COLD = 0.03, 0.002
"""Temperatures, as shares of the mean length of a cart's walk."""
MOST_PAIRS = 400
"""Up to so many orders, savings are reckoned again after each join."""

type Sizes = tuple[int, ...]


@dataclass
class Carts:
    """Orders by number, their sizes by dimension, what a cart holds, and who is on which cart."""

    sizes: Sequence[Sizes]
    limits: Sizes
    measure: Measure

    def __post_init__(self) -> None:
        self.single: Ints = self.measure.lengths([[n] for n in range(len(self.sizes))])

    def fits(self, orders: Sequence[int]) -> bool:
        return all(sum(self.sizes[n][d] for n in orders) <= limit for d, limit in enumerate(self.limits))

    def solve(self, effort: int | None = None, seed: int = 1) -> list[list[int]]:
        """The orders of each cart. `effort`: how many moves are looked at."""
        count = len(self.sizes)
        usual = min(MOVES_PER_ORDER * count, WORK // self.measure.weight)
        carts, near = self._joined()
        if len(carts) > 1 and count > 2:
            carts = _Search(self, carts, near, seed).run(usual if effort is None else effort)
        return sorted(sorted(cart) for cart in carts if cart)

    def bound(self) -> int:
        """Centimetres that no way to share the orders out walks less than.

        Per dimension: the k-th longest walk of a cart passes at least what is left when k - 1 carts are filled with the
        orders whose own walks are longest, and a walk is never shorter than the one of an order that it carries.
        """
        single = self.measure.floors()
        best = int(single.max())
        for d, limit in enumerate(self.limits):
            total, filled = 0, 0
            for n in sorted(range(len(self.sizes)), key=lambda n: (-int(single[n]), n)):
                begun = math.ceil(filled / limit)  # carts that those before need at least
                filled += self.sizes[n][d]
                total += int(single[n]) * (math.ceil(filled / limit) - begun)
            best = max(best, total)
        return best

    def _joined(self) -> tuple[list[list[int]], list[list[int]]]:
        """Carts joined by savings, and each order's partners from the one with which most is saved."""
        count = len(self.sizes)
        a, b = np.triu_indices(count, 1)
        saved = np.zeros((count, count), np.int64)
        for low in range(0, len(a), 4096):
            i, j = a[low : low + 4096], b[low : low + 4096]
            both = self.measure.lengths(list(zip(i.tolist(), j.tolist(), strict=True)))
            saved[i, j] = saved[j, i] = self.single[i] + self.single[j] - both
        np.fill_diagonal(saved, -1)
        near = np.argsort(-saved, axis=1, kind="stable")[:, : min(NEIGHBOURS, count - 1)].tolist()
        return self._merged(saved), near

    def _merged(self, saved: Ints) -> list[list[int]]:
        carts: list[list[int]] = [[n] for n in range(len(self.sizes))]
        length = self.single.copy()
        worth = saved.copy()
        again = len(carts) <= MOST_PAIRS
        while True:
            i, j = (int(x) for x in np.unravel_index(int(worth.argmax()), worth.shape))
            if worth[i, j] <= 0:
                return [cart for cart in carts if cart]
            if not self.fits([*carts[i], *carts[j]]):
                worth[i, j] = worth[j, i] = -1
                continue
            carts[i], carts[j] = [*carts[i], *carts[j]], []
            worth[j, :] = worth[:, j] = -1
            if not again:
                worth[i, :] = worth[:, i] = np.where(worth[i, :] >= 0, np.maximum(saved[i], saved[j]), -1)
                continue
            others = [n for n, cart in enumerate(carts) if cart and n != i and worth[i, n] >= 0]
            found = self.measure.lengths([carts[i], *([*carts[i], *carts[n]] for n in others)])
            length[i] = found[0]
            worth[i, others] = worth[others, i] = length[i] + length[others] - found[1:]


class _Search:
    """Moves between carts at a falling temperature."""

    def __init__(self, problem: Carts, carts: list[list[int]], near: list[list[int]], seed: int) -> None:
        self.problem, self.carts, self.near = problem, carts, near
        self.random = random.Random(seed)  # noqa: S311 -- a search, not a secret
        self.cart_of = {n: c for c, cart in enumerate(carts) for n in cart}
        self.load = [self._sum(cart) for cart in carts]
        self.length: list[int] = problem.measure.lengths(carts).tolist()
        self.total = sum(self.length)
        self.best = (self.total, [list(cart) for cart in carts])

    def _sum(self, cart: Sequence[int]) -> list[int]:
        return [sum(self.problem.sizes[n][d] for n in cart) for d in range(len(self.problem.limits))]

    def run(self, effort: int) -> list[list[int]]:
        """The best carts met."""
        together = AT_ONCE * len(self.carts)
        rounds = effort // together
        mean = self.total / len(self.carts)
        for n in range(rounds):
            heat = mean * WARM * (COLD / WARM) ** (n / rounds)
            moves = [move for _ in range(together) if (move := self._move()) is not None]
            if not moves:
                continue
            sets = [cart for _, _, a, b in moves for cart in (a, b) if cart]
            found = iter(self.problem.measure.lengths(sets).tolist())
            new = [(next(found) if a else 0, next(found) if b else 0) for _, _, a, b in moves]
            self._take(moves, new, heat)
        return self.best[1]

    def _move(self) -> tuple[int, int, list[int], list[int]] | None:
        """Two carts and what they would hold: an order goes to a partner's cart, in exchange for another if need be."""
        draw = self.random.random
        order = int(draw() * len(self.cart_of))
        partners = self.near[order]
        partner = partners[int(draw() * len(partners))] if draw() < 0.7 else int(draw() * len(self.cart_of))
        a, b = self.cart_of[order], self.cart_of[partner]
        if a == b:
            return None
        sizes, limits, load = self.problem.sizes, self.problem.limits, self.load
        from_a, from_b = [order], []
        if draw() < 0.5 or any(load[b][d] + sizes[order][d] > limit for d, limit in enumerate(limits)):
            from_b.append(self.carts[b][int(draw() * len(self.carts[b]))])
            if draw() < 0.2:
                from_a.append(self.carts[a][int(draw() * len(self.carts[a]))])
        if len({*from_a}) < len(from_a):
            return None
        for d, limit in enumerate(limits):
            step = sum(sizes[n][d] for n in from_a) - sum(sizes[n][d] for n in from_b)
            if load[b][d] + step > limit or load[a][d] - step > limit:
                return None
        left = [n for n in self.carts[a] if n not in from_a] + from_b
        return a, b, left, [n for n in self.carts[b] if n not in from_b] + from_a

    def _take(
        self, moves: list[tuple[int, int, list[int], list[int]]], new: list[tuple[int, int]], heat: float
    ) -> None:
        touched: set[int] = set()
        for (a, b, left, right), (length_a, length_b) in zip(moves, new, strict=True):
            if a in touched or b in touched:
                continue
            worse = length_a + length_b - self.length[a] - self.length[b]
            if worse > 0 and self.random.random() >= math.exp(-worse / heat):
                continue
            touched |= {a, b}
            for cart, orders, length in ((a, left, length_a), (b, right, length_b)):
                self.carts[cart], self.length[cart], self.load[cart] = orders, length, self._sum(orders)
                self.cart_of.update(dict.fromkeys(orders, cart))
            self.total += worse
            if self.total < self.best[0]:
                self.best = (self.total, [list(cart) for cart in self.carts])
