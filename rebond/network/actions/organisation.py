"""Create and change organisations; the second of two editors is told, and loses nothing."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from rebond.journal.actions.record import record
from rebond.network.enums import OrganisationKind
from rebond.network.errors import StaleError
from rebond.network.models import Organisation, OrganisationSlug
from rebond.network.signals import organisation_changed

IDENTITY = ("kind", "name", "legal_name", "slug", "letters", "siren", "email", "phone", "website")
PROFILE = (
    "tagline",
    "story",
    "tint",
    "delivery_modes",
    "ships_in_days",
    "mediator",
    "is_register_kept",
)


def free_slug(name: str) -> str:
    """A slug made from `name` that no organisation has, nor had (`la-bascule`, then `la-bascule-2`)."""
    base = slugify(name.replace("’", "-"))[:70] or "structure"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(OrganisationSlug.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


@transaction.atomic
def create_organisation(*, kind: OrganisationKind | str, name: str, by: Any, **fields: Any) -> Organisation:
    """A new organisation, not selling; `fields` are those of IDENTITY. The database refuses a letter pair,
    a slug or a SIREN that exists (IntegrityError: forms check before).
    """
    fields.setdefault("slug", free_slug(name))
    made = Organisation.objects.create(kind=kind, name=name, **fields)
    record("network.organisation.created", subject=made, by=by, organisation=made, kind=str(kind))
    return made


@transaction.atomic
def change_organisation(*, organisation: Organisation, changes: dict[str, Any], version: int, by: Any) -> Organisation:
    """Write `changes` (names of IDENTITY or PROFILE) if the row still has `version`; else raise StaleError.

    A new slug keeps the old one as a former address. Send `organisation_changed` inside the transaction, so that
    the shop refreshes what it shows.
    """
    unknown = set(changes) - {*IDENTITY, *PROFILE}
    if unknown:
        raise ValueError(f"not fields of an organisation: {sorted(unknown)}")
    before = {name: getattr(organisation, name) for name in changes}
    moved = Organisation.objects.filter(pk=organisation.pk, version=version).update(**changes, version=F("version") + 1)
    if not moved:
        raise StaleError
    organisation.refresh_from_db()
    changed = {name: [before[name], changes[name]] for name in changes if before[name] != changes[name]}
    if "slug" in changed:
        OrganisationSlug.objects.filter(organisation=organisation, slug=changes["slug"]).delete()
        OrganisationSlug.objects.get_or_create(slug=before["slug"], defaults={"organisation": organisation})
    record("network.organisation.changed", subject=organisation, by=by, organisation=organisation, changed=changed)
    organisation_changed.send(sender=Organisation, organisation=organisation, fields=frozenset(changed))
    return organisation
