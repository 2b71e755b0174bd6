"""The person whose page is asked: of the organisation acted for, visible to who asks."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from rebond.people.models import Person


def load_person(request: HttpRequest, person_id: str) -> Person:
    """Raise Http404."""
    rows = Person.objects.visible_to(request.user).filter(organisation=request.access.organisation)  # type: ignore[attr-defined]
    found: Person = get_object_or_404(rows.select_related("organisation", "counsellor", "user"), public_id=person_id)
    return found
