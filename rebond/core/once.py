"""A form sent twice makes one row: two clicks, a page sent again, a network that tries again."""

from collections.abc import Callable

from django.db import models, transaction

from rebond.core.models import SentForm


@transaction.atomic
def made_once[Row: models.Model](model: type[Row], act: str, make: Callable[[], Row]) -> Row:
    """What `make` makes, or what it made when `act` (`core.web.act_of`) was sent before; a refusal leaves no trace.

    Two that arrive together wait for each other at the unique key: the second one is given the first one's row.
    A row that was removed since is made again.
    """
    sent, is_first = SentForm.objects.get_or_create(key=act)
    before = None if is_first else model._default_manager.filter(pk=sent.made).first()  # noqa: SLF001 -- Django's documented name
    if before is not None:
        return before
    made = make()
    SentForm.objects.filter(pk=sent.pk).update(made=made.pk)
    return made
