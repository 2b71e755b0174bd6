"""Samples of addresses of people who are followed, for the test of rights (tests/samples.py)."""

from tests.factories.people import person_of


def _person(world):
    from rebond.people.models import Person

    return Person.objects.filter(organisation=world.seller).first() or person_of(world.seller)


PERSON = {"person_id": lambda w: _person(w).public_id}
BY_NAME = {
    "people-desk:status-end": PERSON | {"status_id": lambda w: _person(w).statuses.get().public_id},
    **{f"people-desk:{page}": PERSON for page in ("person-detail", "person-change", "person-follow", "status-begin")},
}
