"""Mails of the books to who runs an organisation."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation

from rebond.journal.actions.mail import queue_mail
from rebond.network.models import Organisation
from rebond.network.queries.admissions import managers_of


def tell_managers(
    *,
    organisation: Organisation,
    kind: str,
    template: str,
    subject: Callable[[], str],
    context: Callable[[], Mapping[str, Any]],
    key: str,
) -> int:
    """One mail to each manager who has an address, in their language; return how many. The same `key` writes once.

    `subject` and `context` are asked in the language of each.
    """
    people = [person for person in managers_of(organisation) if person.email]
    for person in people:
        with translation.override(person.language):
            queue_mail(
                kind=kind,
                to=person.email,
                subject=subject(),
                template=template,
                context=dict(context()),
                organisation=organisation,
                key=f"{key}:{person.public_id}",
            )
    return len(people)
