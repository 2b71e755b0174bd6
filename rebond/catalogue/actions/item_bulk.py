"""The same change on many items: at once up to 200, as a task with a job that the page follows above."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.catalogue.actions.item_price import change_price
from rebond.catalogue.actions.item_shared import announced_together
from rebond.catalogue.actions.item_state import publish_item, sell_item, withdraw_item
from rebond.catalogue.actions.item_write import change_item
from rebond.catalogue.errors import CatalogueError, FieldInvalid, PriceInvalid
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.catalogue.tasks import change_many_items
from rebond.core.ids import repeated_id
from rebond.core.locks import lock_rows
from rebond.core.models import Job, JobState
from rebond.network.models import Organisation

AT_ONCE = 200
CHUNK = 100
TOLD = 200  # refusals kept with their reason
One = Callable[[Item], Any]


@dataclass(slots=True)
class BulkResult:
    """How many were changed, and the refused ones as [code, title, reason] (the first 200)."""

    done: int = 0
    refused: int = 0
    reasons: list[list[str]] = field(default_factory=list)


def new_price(item: Item, *, kind: str, value: int) -> int:
    """The price after a change: `percent` in whole percents (−20), or `fixed` in cents. Never below one cent."""
    if kind == "fixed":
        return value
    return max(1, (item.price_cents * (100 + value) + 50) // 100)


def bulk_change_price(
    *, ids: Sequence[int], kind: str, value: int, by: Any, reason: str = "", is_progressive: bool = False
) -> BulkResult:
    """Change the price of up to 200 items by `percent` (−90 to 900) or to a `fixed` amount of cents."""
    _check_price_rule(kind, value)

    def one(item: Item) -> None:
        price = new_price(item, kind=kind, value=value)
        change_price(item=item, price_cents=price, by=by, reason=reason, is_progressive=is_progressive)

    return _run(ids, one)


def bulk_move_category(*, ids: Sequence[int], category: Category, by: Any) -> BulkResult:
    """File up to 200 items under another category; attributes that it does not know are dropped."""
    return _run(ids, lambda item: change_item(item=item, changes={"category": category}, by=by))


def bulk_publish(*, ids: Sequence[int], by: Any) -> BulkResult:
    """Put up to 200 items on sale; those that may not are told with their reason."""
    return _run(ids, lambda item: publish_item(item=item, by=by))


def bulk_withdraw(*, ids: Sequence[int], reason: str, by: Any, note: str = "") -> BulkResult:
    """Withdraw up to 200 items for one reason."""
    return _run(ids, lambda item: withdraw_item(item=item, reason=reason, by=by, note=note))


def bulk_sell(*, ids: Sequence[int], by: Any, is_all: bool = False, note: str = "") -> BulkResult:
    """Say that one piece of up to 200 items, or all that is left of them, left at the workshop."""
    return _run(ids, lambda item: sell_item(item=item, n=None if is_all else 1, is_held=False, note=note, by=by))


@transaction.atomic
def bulk_now(
    *,
    verb: str,
    ids: Sequence[int],
    params: dict[str, Any],
    organisation: Organisation,
    by: Any,
    operation_id: uuid.UUID | None = None,
) -> BulkResult:
    """Do `verb` (`price`, `category`, `publish`, `sell`, `withdraw`) at once on up to 200 items.

    The same `operation_id` twice is once: the second one is told what the first one did (a job keeps it).
    """
    job, is_new = _job(verb, params, len(ids), organisation=organisation, by=by, operation_id=operation_id)
    if not is_new:
        return BulkResult(**job.result)
    result = _verbs(verb, params)(list(ids), by)
    now = timezone.now()
    job.state, job.done, job.result, job.started_at, job.ended_at = JobState.DONE, len(ids), asdict(result), now, now
    job.save()
    return result


@transaction.atomic
def start_bulk(
    *,
    verb: str,
    ids: Iterable[int],
    params: dict[str, Any],
    organisation: Organisation,
    by: Any,
    operation_id: uuid.UUID | None = None,
) -> Job:
    """Ask the worker to do `verb` (a key of `_verbs`) on many items; the same `operation_id` gives the same job."""
    listed = sorted(ids)
    if verb == "price":
        _check_price_rule(params["kind"], params["value"])
    job, is_new = _job(verb, params, len(listed), organisation=organisation, by=by, operation_id=operation_id)
    if is_new:
        change_many_items.enqueue(job.pk, verb, listed, params, by.pk if by else None)
    return job


def _job(
    verb: str,
    params: dict[str, Any],
    total: int,
    *,
    organisation: Organisation,
    by: Any,
    operation_id: uuid.UUID | None,
) -> tuple[Job, bool]:
    """The job of this act, and whether it is new: other people, verbs or values are other acts."""
    act = (organisation.public_id, by.pk if by else None, verb, sorted(params.items()), operation_id or uuid.uuid4())
    return Job.objects.get_or_create(
        public_id=repeated_id("catalogue.items", *act),
        defaults={
            "kind": f"catalogue.items.{verb}",
            "owner_kind": "network.organisation",
            "owner_id": organisation.public_id,
            "total": total,
            "result": asdict(BulkResult()),
        },
    )


def run_bulk(*, job_id: int, verb: str, ids: list[int], params: dict[str, Any], by_id: int | None) -> None:
    """The worker's part, chunk by chunk; a run after a kill goes on where the last chunk was committed."""
    job = Job.objects.get(pk=job_id)
    if job.is_over:
        return
    by = User.objects.filter(pk=by_id).first() if by_id is not None else None
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=job.started_at or timezone.now())
    while (start := Job.objects.values_list("done", flat=True).get(pk=job.pk)) < len(ids):
        _run_chunk(job, verb, ids[start : start + CHUNK], params, by)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=timezone.now())


@transaction.atomic
def _run_chunk(job: Job, verb: str, ids: list[int], params: dict[str, Any], by: Any) -> None:
    result = _verbs(verb, params)(ids, by)
    held = BulkResult(**Job.objects.values_list("result", flat=True).get(pk=job.pk))
    held.done += result.done
    held.refused += result.refused
    held.reasons = (held.reasons + result.reasons)[:TOLD]
    Job.objects.filter(pk=job.pk).update(done=F("done") + len(ids), result=asdict(held))


def _verbs(verb: str, params: dict[str, Any]) -> Callable[[list[int], Any], BulkResult]:
    match verb:
        case "price":
            return lambda ids, by: bulk_change_price(ids=ids, by=by, **params)
        case "category":
            category = categories.by_key(params["category"])
            if category is None:
                raise FieldInvalid("category", _("This category does not exist any more."))
            return lambda ids, by: bulk_move_category(ids=ids, by=by, category=category)
        case "publish":
            return lambda ids, by: bulk_publish(ids=ids, by=by)
        case "sell":
            return lambda ids, by: bulk_sell(ids=ids, by=by, **params)
    return lambda ids, by: bulk_withdraw(ids=ids, by=by, **params)


@transaction.atomic
def _run(ids: Sequence[int], one: One) -> BulkResult:
    """Each item in its own savepoint: one refusal leaves the others. One announcement for all."""
    if len(ids) > AT_ONCE:
        raise FieldInvalid("items", _("More than 200 items are changed by a task."))
    result = BulkResult()
    with announced_together():
        for item in lock_rows(Item.objects.filter(pk__in=ids).select_related("seller")):
            try:
                one(item)
            except CatalogueError as error:
                result.refused += 1
                result.reasons.append([item.code, item.title, str(error)])
            else:
                result.done += 1
    return result


def _check_price_rule(kind: str, value: int) -> None:
    if kind == "percent" and not -90 <= value <= 900:
        raise FieldInvalid("value", _("From −90 to +900 percent."))
    if kind == "fixed" and value < 1:
        raise PriceInvalid
    if kind not in {"percent", "fixed"}:
        raise FieldInvalid("kind", _("Choose a percentage or an amount."))
