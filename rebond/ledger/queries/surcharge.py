"""What a refund that comes late costs (rules.md F2)."""

from rebond.ledger.splitting import half_up

LEGAL_RATE_DAYS = 10  # later, the law's own percentages


def legal_surcharge(refund_cents: int, late_days: int, *, legal_rate_bp: int) -> int:
    """The surcharge of a refund that is late by `late_days` (rules.md F2, consumer code L242-4), in cents.

    Up to 10 days the legal interest rate of the period (basis points, given by the caller), 5 % to 20 days, 10 % to
    30, 20 % to 60, 50 % to 90, then 5 points more each month begun, up to the price.
    """
    if late_days <= 0:
        return 0
    for days, rate in ((LEGAL_RATE_DAYS, legal_rate_bp), (20, 500), (30, 1_000), (60, 2_000), (90, 5_000)):
        if late_days <= days:
            return half_up(refund_cents, rate, 10_000)
    months = -(-(late_days - 90) // 30)
    return half_up(refund_cents, min(5_000 + 500 * months, 10_000), 10_000)
