"""The after-sales station: what came back is scanned, looked at, photographed, and goes its way. One task a screen."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.enums import Condition
from rebond.catalogue.errors import CatalogueError
from rebond.core.access import requires
from rebond.core.forms import GramsField
from rebond.core.web import operation_of
from rebond.intake.data.flows import flow
from rebond.intake.errors import IntakeError
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.shop.actions.arrival import Decided, add_check_photo, decide_check, open_check
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.arriving import FATES, FOUND
from rebond.shop.data.steps import REPAIR
from rebond.shop.enums import HERE, CheckState, Fate
from rebond.shop.errors import AttachmentRefusedError, PhotoMissingError, ShopError
from rebond.shop.models import ReturnCheck, ReturnLine
from rebond.shop.queries.arrivals import check_of, expected, of_number, of_part, returned_item, to_open
from rebond.shop.queries.strays import Unclaimed, lines_of_number, unclaimed, unclaimed_of
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.queries.questions import CONDITIONS
from rebond.workshop.queries.reach import task_to_open
from rebond.workshop.queries.scan import MOST, resolve
from rebond.workshop.scan import ScanKind


def steps() -> list[str]:
    return [_("Scan"), _("What?"), _("Photos"), _("Where to?")]


def _found(text: str, worker: Any) -> tuple[list[ReturnLine], Unclaimed | None, str]:
    """The objects that a code is about, our parcel that its carrier brings back, or one precise sentence."""
    organisation = worker.organisation
    if lines := of_number(text, organisation) or to_open(lines_of_number(text, organisation)):
        return lines, None, ""
    seen = resolve(text, organisation)
    if seen.kind == ScanKind.ITEM:
        line, code = returned_item(seen.subject.code, organisation), seen.subject.code
        if line is not None:
            return [line], None, ""
        back = unclaimed_of(text, organisation, item=code)
        return [], back, "" if back else _("Nobody sends this object back.")
    if seen.kind == ScanKind.ORDER:
        lines = of_part(seen.subject)
        back = None if lines else unclaimed_of(text, organisation, order=seen.subject.order.public_id)
        return lines, back, "" if lines or back else _("Nothing of this order comes back.")
    back = unclaimed_of(text, organisation)
    return [], back, "" if back else _("This code is not known here. Scan it again.")


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Scan the object, or the number on the parcel's paper; what nobody expects is noted from here."""
    if request.floor.worker is None:  # type: ignore[attr-defined]
        return redirect("workshop:kiosk")
    worker, error, back = worker_of(request), "", None
    lines, text = None, request.POST.get("code", request.GET.get("code", ""))[:MOST]
    if text or request.method == "POST":
        lines, back, error = _found(text, worker)
        if len(lines) == 1:
            return redirect("shop:kiosk-return", lines[0].line.item.code.lower())
    is_home = not (lines or back or error)
    context = {
        "error": error,
        "code": text.strip()[:60],
        "several": bool(lines),
        "lines": lines or (expected(worker.organisation) if not back else []),
        "back": back,
        "unclaimed": unclaimed(worker.organisation) if is_home else [],
        "steps": steps(),
    }
    return kiosk_page(request, "shop/kiosk_return_scan.html", context, status=422 if error else 200)


def _load(request: HttpRequest, code: str) -> tuple[ReturnLine, ReturnCheck | None]:
    returned = returned_item(code, worker_of(request).organisation)
    if returned is None:
        raise Http404
    return returned, check_of(returned)


def _open(request: HttpRequest, code: str) -> tuple[ReturnLine, ReturnCheck]:
    """The object with its look begun; raise Http404 before."""
    returned, check = _load(request, code)
    if check is None:
        raise Http404
    return returned, check


def _words(returned: ReturnLine, check: ReturnCheck | None, **more: Any) -> dict[str, Any]:
    return {"returned": returned, "item": returned.line.item, "check": check, "steps": steps(), "error": "", **more}


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def what_came(request: HttpRequest, code: str) -> HttpResponse:
    """Four choices: as it left, damaged, another thing, nothing."""
    returned, check = _load(request, code)
    if check is not None and check.state != CheckState.OPEN:
        return redirect("shop:kiosk-return-done", code)
    error = ""
    if request.method == "POST":
        floor: Any = request.floor  # type: ignore[attr-defined]
        try:
            check = open_check(
                returned=returned, found=request.POST.get("found", ""), by=floor.worker.user, site=floor.site
            )
        except ShopError:
            error = _("Choose what you see.")
        else:
            return redirect("shop:kiosk-return-photos", code)
    choices = [(value, *words) for value, words in FOUND.items()]
    context = _words(returned, check, choices=choices, error=error)
    return kiosk_page(request, "shop/kiosk_return_found.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def photos(request: HttpRequest, code: str) -> HttpResponse:
    """One picture at least of what is there; then on."""
    returned, check = _open(request, code)
    error = ""
    if request.method == "POST":
        try:
            add_check_photo(
                check=check,
                upload=ready_attachment(upload=request.FILES.get("photo")),
                operation=operation_of(request),
                by=worker_of(request).user,
            )
        except AttachmentRefusedError:
            error = _("This picture cannot be read. Take it again.")
        except ShopError:
            return redirect("shop:kiosk-return-done", code)
        else:
            return redirect("shop:kiosk-return-photos", code)
    is_here = check.found in HERE
    context = _words(returned, check, error=error, number=check.photos.count(), is_here=is_here)
    return kiosk_page(request, "shop/kiosk_return_photos.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def fate(request: HttpRequest, code: str) -> HttpResponse:
    """Where it goes; what is not here is put aside for a supervisor."""
    returned, check = _open(request, code)
    if check.state == CheckState.DONE:
        return redirect("shop:kiosk-return-done", code)
    said, error = request.POST.get("fate", ""), ""
    if request.method == "POST":
        if said == Fate.RESTOCK:
            return redirect("shop:kiosk-return-condition", code)
        if said == Fate.RECYCLE:
            return redirect("shop:kiosk-return-weight", code)
        answer, error = _decide(request, check, code, Decided(said))
        if answer is not None:
            return answer
    is_repaired = check.state == CheckState.REPAIR
    choices = [(value, *words) for value, words in FATES.items() if not (is_repaired and value == Fate.REPAIR)]
    context = _words(
        returned, check, choices=choices, error=error, is_repaired=is_repaired, is_here=check.found in HERE
    )
    return kiosk_page(request, "shop/kiosk_return_fate.html", context, status=422 if error else 200)


def _decide(request: HttpRequest, check: ReturnCheck, code: str, decided: Decided) -> tuple[HttpResponse | None, str]:
    """The next screen, or what is wrong in one sentence."""
    hands = hands_of(request)
    try:
        decide_check(check=check, decided=decided, by=hands.user, operation=hands.operation_id, hands=hands)
    except PhotoMissingError:
        messages.error(request, _("Take a picture first."))
        return redirect("shop:kiosk-return-photos", code), ""
    except (IntakeError, CatalogueError, WorkshopError) as refused:
        return None, str(refused)
    except ShopError:
        messages.error(request, _("Somebody else has done it already."))
    return redirect("shop:kiosk-return-done", code), ""


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, code: str) -> HttpResponse:
    """Its condition now: the same, or another one."""
    returned, check = _open(request, code)
    error = ""
    if request.method == "POST":
        said = request.POST.get("condition", "")
        if said in Condition.values:
            answer, error = _decide(request, check, code, Decided(Fate.RESTOCK, condition=said))
            if answer is not None:
                return answer
        else:
            error = _("Choose its condition.")
    kept = returned.line.item.condition
    choices = [
        (value, Condition(value).label, pictogram, tint, hint, value == kept)
        for value, (pictogram, tint, hint) in CONDITIONS.items()
        if value != Condition.NEW_UNSOLD or kept == value
    ]
    context = _words(returned, check, choices=choices, error=error)
    return kiosk_page(request, "shop/kiosk_return_condition.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def weight(request: HttpRequest, code: str) -> HttpResponse:
    """What the scale says of what is recycled."""
    returned, check = _open(request, code)
    item, error, typed = returned.line.item, "", request.POST.get("weight_g", "")
    if request.method == "POST":
        try:
            grams = GramsField(required=False).clean(typed)
        except ValidationError:
            grams = None
        answer, error = _decide(request, check, code, Decided(Fate.RECYCLE, weight_g=grams))
        if answer is not None:
            return answer
    matter = flow(flow_of(item.category, chosen_flows(item.seller))).label
    context = _words(returned, check, error=error, typed=typed, matter=matter)
    return kiosk_page(request, "shop/kiosk_return_weight.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_GET
def done(request: HttpRequest, code: str) -> HttpResponse:
    """What was decided, and what to do with the thing in one's hands."""
    returned, check = _open(request, code)
    if check.state == CheckState.OPEN:
        return redirect("shop:kiosk-return", code)
    is_stored = check.fate == Fate.RESTOCK
    return kiosk_page(request, "shop/kiosk_return_done.html", _words(returned, check, is_stored=is_stored))


@requires(STATION_PERMISSION)
@require_GET
def repair(request: HttpRequest, public_id: str) -> HttpResponse:
    """The screen of a repair's task: what was seen on its return, and where it goes once it is done."""
    station = request.floor.station  # type: ignore[attr-defined]
    task = task_to_open(public_id, organisation_id=worker_of(request).organisation_id, station=station)
    if task is None or task.kind != REPAIR:
        raise Http404
    return redirect("shop:kiosk-return-fate", task.subject_id.lower())
