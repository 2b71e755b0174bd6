"""The people of the demo have contracts in each state, and one whose PASS is missing."""

import random

import pytest
from django.utils import timezone

from rebond.front.demo.people import make_people
from rebond.insertion.queries.contracts import shown_contracts
from rebond.people.models import Person
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def test_each_state_of_a_contract_is_there_to_try(seller):
    MembershipFactory(organisation=seller, role="counsellor", user__demo_role="counsellor")
    make_people(random.Random(1), None, timezone.now())
    shown = {person.first_name: shown_contracts(person) for person in Person.objects.all()}
    states = {name: [one.state.value for one in rows] for name, rows in shown.items() if rows}
    assert states == {
        "Samira": ["running"],
        "Ibrahim": ["running"],
        "Nadège": ["running"],
        "Oksana": ["paused"],
        "Jean-Marc": ["running", "ended"],
        "Fatou": ["ended"],
        "Mireille": ["running"],
        "Sofiane": ["running"],
    }
    assert {name for name, rows in shown.items() if rows and rows[0].warnings} == {"Sofiane"}
    assert len(shown["Samira"][0].terms) == 3
