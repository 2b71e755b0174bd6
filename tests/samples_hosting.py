"""Samples of addresses of storing agreements for the test of rights (tests/samples.py)."""

from tests.factories.hosting import hosted
from tests.factories.network import OrganisationFactory


def hosting_of(world):
    """Kept by the seller of the world, for another one."""
    if "hosting" not in vars(world):
        world.hosting = hosted(OrganisationFactory(admitted=True), world.site)
    return world.hosting


BY_NAME = {
    f"catalogue:hosting-{verb}": {"public_id": lambda w: hosting_of(w).public_id}
    for verb in ("detail", "answer", "end")
}
MAY_BE_MISSING = {"catalogue:hosting-answer": "the verb is in the form, which is empty here"}
