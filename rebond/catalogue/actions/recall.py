"""Keep the list of recalled and forbidden products (rules.md F6: blocklist; GPSR, Safety Gate, RappelConso).

The network's people keep it; each change is followed by a sweep of what is on sale (`recall_stop`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue import tasks
from rebond.catalogue.actions.recall_file import Reading, read_recalls
from rebond.catalogue.enums import RecallSource
from rebond.catalogue.errors import FieldInvalid, RecallEnded
from rebond.catalogue.models import Recall
from rebond.catalogue.models.recall import code_key
from rebond.catalogue.queries.recalls import recalls_did_change
from rebond.catalogue.validators import clean_gtin, clean_text, plain
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record

LIMITS = {"brand": 120, "label": 200, "risk": 500, "reference": 40}
BATCH = 500


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: clean_text(fields.get(name), field=name, limit=limit) for name, limit in LIMITS.items()
    }
    found["gtin"] = code_key(clean_gtin(fields.get("gtin")))
    lines = clean_text(fields.get("model_names"), field="model_names", limit=2_000, lines=True).splitlines()
    found["model_names"] = "\n".join(one.strip() for one in lines if plain(one))
    found["brand_key"] = plain(found["brand"])[:120]
    found |= {
        "source": fields.get("source"),
        "url": fields.get("url") or "",
        "published_on": fields.get("published_on"),
    }
    for name, words in (("label", _("Say what the product is.")), ("risk", _("Say why it may not be sold."))):
        if not found[name]:
            raise FieldInvalid(name, words)
    if found["source"] not in RecallSource.values:
        raise FieldInvalid("source", _("Choose who says it."))
    if short := next((one for one in found["model_names"].splitlines() if len(plain(one)) < 3), ""):
        raise FieldInvalid("model_names", _("“%(name)s” is too short: it would stop too much.") % {"name": short})
    if not found["gtin"] and not (found["brand_key"] and found["model_names"]):
        raise FieldInvalid("gtin", _("Give a barcode, or a brand with the name of the model."))
    return found


@transaction.atomic
def add_recall(*, fields: Mapping[str, Any], by: Any, now: datetime | None = None) -> Recall:
    """One product more that stops. Raise FieldInvalid, also where the same notice is there for this barcode."""
    clean = _clean(fields)
    try:
        with transaction.atomic():
            made = Recall.objects.create(created_at=now or timezone.now(), created_by=by.display_name[:160], **clean)
    except IntegrityError:
        raise FieldInvalid("reference", _("This notice is on the list already.")) from None
    record("catalogue.recall.added", subject=made, by=by, source=made.source, gtin=made.gtin)
    _follow([made.pk])
    return made


@transaction.atomic
def change_recall(*, recall: Recall, fields: Mapping[str, Any], by: Any) -> Recall:
    """Write what differs. What it stopped before stays stopped until its seller publishes it again.

    Raise FieldInvalid, RecallEnded.
    """
    recall = lock_row(recall)
    if not recall.is_in_force:
        raise RecallEnded
    differing = {name: value for name, value in _clean(fields).items() if getattr(recall, name) != value}
    if not differing:
        return recall
    try:
        with transaction.atomic():
            Recall.objects.filter(pk=recall.pk).update(**differing)
    except IntegrityError:
        raise FieldInvalid("reference", _("This notice is on the list already.")) from None
    recall.refresh_from_db()
    record("catalogue.recall.changed", subject=recall, by=by, fields=sorted(differing))
    _follow([recall.pk])
    return recall


@transaction.atomic
def end_recall(*, recall: Recall, reason: str, by: Any, now: datetime | None = None) -> Recall:
    """It stops nothing any more; its line stays. Twice is once. Raise FieldInvalid without a reason."""
    if not reason.strip():
        raise FieldInvalid("reason", _("Say why it ends."))
    ended = Recall.objects.in_force().filter(pk=recall.pk)
    facts = {"ended_by": by.display_name[:160], "end_reason": reason.strip()[:500]}
    if ended.update(ended_at=now or timezone.now(), **facts):
        record("catalogue.recall.ended", subject=recall, by=by, reason=facts["end_reason"][:200])
        recalls_did_change()
    recall.refresh_from_db()
    return recall


@dataclass(frozen=True, slots=True)
class Imported:
    """`known` were on the list already: the file may be given again."""

    added: int
    known: int
    food: int
    unusable: int


@transaction.atomic
def import_recalls(*, data: bytes, by: Any, now: datetime | None = None) -> Imported:
    """The products of RappelConso's published file that are not on the list yet. Raise FieldInvalid on `file`."""
    reading = read_recalls(data)
    fresh = _fresh(reading)
    now = now or timezone.now()
    rows = [
        Recall(
            source=RecallSource.RAPPELCONSO,
            reference=line.reference,
            gtin=code,
            brand=line.brand,
            brand_key=plain(line.brand)[:120],
            model_names=line.models,
            label=line.label,
            risk=line.risk,
            url=line.url,
            published_on=line.published_on,
            created_at=now,
            created_by=by.display_name[:160],
        )
        for (_reference, code), line in fresh.items()
    ]
    made = Recall.objects.bulk_create(rows, batch_size=BATCH)
    if made:
        record("catalogue.recall.imported", subject=made[0], by=by, added=len(made))
        _follow([row.pk for row in made])
    return Imported(len(made), len(reading.lines) - len(made), reading.food, reading.unusable)


def _fresh(reading: Reading) -> dict[tuple[str, str], Any]:
    """By notice and barcode, the lines that the list does not have, ended ones included."""
    known = set(
        Recall.objects.filter(source=RecallSource.RAPPELCONSO).exclude(reference="").values_list("reference", "gtin")
    )
    found = {(line.reference, code_key(line.gtin)): line for line in reading.lines}
    return {key: line for key, line in found.items() if key not in known}


def _follow(pks: list[int]) -> None:
    """Everybody learns it, and what is on sale is looked through: in this transaction's task."""
    recalls_did_change()
    tasks.stop_recalled_items.enqueue(pks if len(pks) <= BATCH else None)
