"""A parcel that nobody expects, noted without network: one act with its pictures (docs/decisions/0013 and 0053)."""

import json
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.stray import Seen, add_stray_photo, describe_stray, note_stray, put_stray
from rebond.shop.data.steps import CHECK
from rebond.shop.errors import AttachmentRefusedError, ShopError, StrayKnownError, StrayStateError
from rebond.shop.models import StrayParcel
from rebond.shop.queries.strays import begun_stray, unclaimed_of
from rebond.shop.stray_enums import StrayPicture
from rebond.workshop.actions.step import already_done
from rebond.workshop.errors import ActUnreadable
from rebond.workshop.offline import ActKind, Kept, Told, register_act

ACT = "shop.stray"


class StrayRefusedError(ShopError):
    """Its words are for the person at the station."""


def stray(kept: Kept) -> Told:
    """`code` is what was read on it, or the parcel that its page had begun; `shots` names each picture
    ([{kind, operation}]), files are `photo-0`, `photo-1`; then `note` and `place`.

    Each part is done once by its own operation, so that what had arrived before the network was lost is not repeated.
    """
    fields, told = kept.fields, Told(_("It is noted. Thank you."))
    if already_done(kept.hands.operation_id) is not None:
        return told
    shots, place = _shots(kept), fields.get("place", "").strip()
    if not shots or not place:
        raise ActUnreadable
    made = _noted(kept)
    try:
        for number, (kind, operation) in enumerate(shots):
            upload = ready_attachment(upload=kept.files.get(f"photo-{number}"))
            add_stray_photo(stray=made, kind=kind, upload=upload, operation=operation, by=kept.hands.user)
        if fields.get("note", "").strip():
            describe_stray(stray=made, note=fields["note"])
        put_stray(stray=made, put_at=place, hands=kept.hands, now=kept.at)
    except (AttachmentRefusedError, ValidationError):
        raise StrayRefusedError(_("This picture cannot be read. Take it again.")) from None
    except StrayStateError:
        raise StrayRefusedError(_("Somebody at the desk looked at this parcel already.")) from None
    return told


def _shots(kept: Kept) -> list[tuple[str, uuid.UUID]]:
    """Raise ActUnreadable for anything else than one picture of each kind."""
    try:
        rows = json.loads(kept.fields.get("shots", "[]"))
        found = {str(row["kind"]): uuid.UUID(row["operation"]) for row in rows}
    except (ValueError, TypeError, KeyError):
        raise ActUnreadable from None
    if len(found) != len(rows) or not set(found) <= set(StrayPicture.values):
        raise ActUnreadable
    return list(found.items())


def _noted(kept: Kept) -> StrayParcel:
    """Its row, or the one that its page began. Raise StrayRefusedError, which says where it is, if noted before."""
    hands, organisation = kept.hands, kept.hands.worker.organisation
    number = kept.fields.get("code", "").strip()[:60]
    begun = begun_stray(organisation, number)
    if begun is not None:
        return begun
    back = unclaimed_of(number, organisation) if number else None
    seen = Seen(number, back.shipment, back.part) if back is not None else Seen(number)
    facts: dict[str, Any] = {"by": hands.user, "operation": hands.operation_id, "now": kept.at}
    try:
        return note_stray(seller=organisation, site=kept.site, seen=seen, **facts)
    except StrayKnownError as known:
        said = {"day": date_format(known.day, "j F"), "place": known.put_at or _("not said")}
        words = _("This parcel was noted on %(day)s. Where it is: %(place)s.") % said
        raise StrayRefusedError(words) from None


def register() -> None:
    """Called when the addresses load."""
    register_act(ActKind(code=ACT, apply=stray, step=CHECK, refusals=(ShopError,), is_whole=False))
