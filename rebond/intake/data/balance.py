"""Parameters of the mass balance (rules.md E1)."""

TOLERANCE_PERCENT = 3  # rules.md E1: "tolerance parameter, e.g. 3 %"
