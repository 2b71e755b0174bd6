"""Samples of a return as its buyer follows it (tests/samples.py)."""

from rebond.shop.queries.buyer_return import return_path


def _token(world):
    return return_path(world.withdrawal.back).strip("/").rpartition("/")[2]


RETURNS = {
    f"shop:{name}": {"public_id": lambda w: w.withdrawal.back.public_id, "token": _token}
    for name in ("return-back", "return-label", "return-sent")
}
