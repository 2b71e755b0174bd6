"""No figure that tells one person's pace (rules.md B9, F8): the rule, in one place.

A row is shown by itself where at least PEOPLE different people worked there in one week of the period; the others
are merged in one row. Where those merged are too few, the smallest row that could stand alone joins them: else the
total would tell what they hide. Days are shown only where PEOPLE people at least worked on each; weeks otherwise.
Periods are whole weeks that are over: two pages of one morning never differ by one day's work.
"""

from collections.abc import Callable, Sequence

PEOPLE = 3


def guarded[R](rows: Sequence[R], people: Callable[[R], int], size: Callable[[R], int]) -> tuple[list[R], list[R]]:
    """(rows that may stand alone, rows to be merged in one), in the given order.

    Nothing is merged where all may stand alone. All are merged where fewer than two could stay.
    """
    few = [row for row in rows if people(row) < PEOPLE]
    if not few:
        return list(rows), []
    alone = [row for row in rows if people(row) >= PEOPLE]
    if alone:
        joined = min(alone, key=size)
        alone = [row for row in alone if row is not joined]
    return alone, [row for row in rows if not any(row is one for one in alone)]
