"""The sorting table: what is it, which one, how heavy, where does it go. The answers are in the address."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.enums import Condition
from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.recalls import stop_for
from rebond.core.access import requires
from rebond.intake.actions.sorting import Thing, check_thing, finish_sorting, sort_thing
from rebond.intake.data.flows import flow
from rebond.intake.data.sorting import condition_percent, figure
from rebond.intake.data.steps import SORT
from rebond.intake.enums import OUTCOME_ICONS, SAFE_OUTCOMES, Outcome, Source
from rebond.intake.errors import FieldInvalid, IntakeError
from rebond.intake.models import Donation, Sorting
from rebond.intake.queries.codes import code_in
from rebond.intake.queries.donations import sorted_g, weighed_g
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.intake.queries.suggestion import Advice, advise, often_sorted, stops_of
from rebond.intake.web.forms import ThingForm
from rebond.intake.web.loading import own_donation, somebody
from rebond.network.models import Organisation
from rebond.workshop.actions.step import can_undo
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.labels import label_out, with_label
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.queries.questions import CONDITIONS


def sort_url(task: Task | None) -> str:
    """The sorting table's screen, for a donation's task or for things without one."""
    return reverse("intake:sort-task", args=[task.public_id]) if task else reverse("intake:sort")


@dataclass(frozen=True, slots=True)
class Table:
    """What the person has in hand: the donation's task (or none), and what was answered so far."""

    worker: Worker
    task: Task | None = None
    donation: Donation | None = None

    @property
    def url(self) -> str:
        return sort_url(self.task)


def load_table(request: HttpRequest, public_id: str) -> Table:
    """Raise Http404 for another organisation's task, or one of another kind."""
    worker, _site = somebody(request)
    if not public_id:
        return Table(worker)
    rows = Task.objects.filter(organisation_id=worker.organisation_id, kind=SORT)
    task: Task = get_object_or_404(rows, public_id=public_id)
    return Table(worker, task, own_donation(worker, task.subject_id))


def steps() -> list[str]:
    return [_("What?"), _("Weight"), _("Where to?")]


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def sort(request: HttpRequest, public_id: str = "") -> HttpResponseBase:
    """`u` is the universe, `c` the category, then the weight and the number, then its condition and the outcome."""
    if request.floor.worker is None and not public_id:  # type: ignore[attr-defined]
        return redirect("workshop:kiosk")
    table, gtin = load_table(request, public_id), code_in(request.GET.get("ean", ""))
    stop = stop_for(gtin=gtin)
    words = {"steps": steps(), "table": table, "donation": table.donation, "ean": gtin, "recalled": stop}
    words |= progress(table)
    category = _category(request.GET.get("c", ""))
    if category is None:
        universe = categories.by_key(request.GET.get("u", ""))
        nodes = categories.children_of(universe)
        often = [] if universe else often_sorted(request.floor.site)  # type: ignore[attr-defined]
        context = {**words, "nodes": nodes, "universe": universe, "name": "c" if universe else "u", "often": often}
        return kiosk_page(request, "intake/sort_category.html", context)
    given = next((one for one in (request.POST, request.GET) if "weight_g" in one), None)
    form = ThingForm(given)
    if not _is_weighed(form):
        context = {
            **words,
            "category": category,
            "form": form,
            "may_sell": stop is None and _may_sell(category, table.worker.organisation),
        }
        return kiosk_page(request, "intake/sort_weight.html", context, status=422 if form.is_bound else 200)
    if given is request.POST and "outcome" not in given:
        return redirect(f"{table.url}?{_kept(category, form, _condition(request, table), gtin)}")
    return _outcome(request, table, category, form, words)


def _kept(category: Category, form: ThingForm, condition: str, gtin: str) -> str:
    """The answers so far, for the address."""
    weight_g, quantity = form.cleaned_data["weight_g"], form.cleaned_data["quantity"]
    answers: dict[str, Any] = {"c": category.key, "weight_g": f"{weight_g} g", "quantity": quantity}
    more = {"etat": condition, "ean": gtin}
    return urlencode(answers | {name: value for name, value in more.items() if value})


def _condition(request: HttpRequest, table: Table) -> str:
    """What the sorter said (`etat`), or what is known: a lot of unsold goods is new. "" where nobody knows."""
    said = request.GET.get("etat", "")
    if said in Condition.values:
        return said
    is_unsold = table.donation is not None and table.donation.source == Source.UNSOLD
    return Condition.NEW_UNSOLD.value if is_unsold else ""


def _conditions(category: Category, form: ThingForm, condition: str, words: dict[str, Any]) -> list[dict[str, Any]]:
    """One touch each: the address with this condition. "New" only where the arrival is of unsold goods."""
    donation = words["donation"]
    is_unsold = donation is not None and donation.source == Source.UNSOLD
    return [
        {
            "label": Condition(value).label,
            "icon": pictogram,
            "tint": tint,
            "hint": hint,
            "kept": _kept(category, form, str(value), words["ean"]),
            "is_said": value == condition,
        }
        for value, (pictogram, tint, hint) in CONDITIONS.items()
        if is_unsold or value != Condition.NEW_UNSOLD
    ]


def _percent(advice: Advice) -> str:
    """What the platform takes, as people write it: 12, or 12,5."""
    if advice.made_of is None:
        return ""
    return f"{advice.made_of.terms.taken_bp / 100:g}".replace(".", ",")


def _may_sell(category: Category, organisation: Organisation) -> bool:
    """Whether "sell online" may be said with the weight: nothing stops it, and nothing else is advised."""
    if stops_of(category):
        return False
    grams = categories.default_weight_g(category) or 1
    return advise(category, weight_g=grams, organisation=organisation).best in {"", Outcome.ONLINE}


def _category(key: str) -> Category | None:
    """A category that things may be filed under."""
    found = categories.by_key(key)
    return found if found is not None and found.is_active and not categories.children_of(found) else None


def _is_weighed(form: ThingForm) -> bool:
    """Whether weight and number are there; what is wrong is said next to its field."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        check_thing(form.cleaned_data["weight_g"], form.cleaned_data["quantity"])
    except FieldInvalid as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True


def progress(table: Table) -> dict[str, Any]:
    if table.donation is None:
        return {"sorted_g": 0, "total_g": 0}
    return {"sorted_g": sorted_g(table.donation), "total_g": weighed_g(table.donation)}


def _reason(outcome: str, advice: Advice, matter: str) -> str:
    """Why, in few words, only where figures exist; where it is recycled with."""
    sales = advice.sales
    if outcome == Outcome.ONLINE and advice.is_below_floor:
        facts = {"price": _euros(advice.floor_cents or 0), "likely": _euros(sales.median_cents)}
        return _("Sells around %(likely)s. Not worth it online below %(price)s.") % facts
    if outcome == Outcome.ONLINE and sales.median_cents:
        price = _euros(sales.median_cents)
        if not sales.is_own_price:
            return _("Few sold like this. Around %(price)s, as we reckon.") % {"price": price}
        return _("%(n)s sold, half of them above %(price)s.") % {"n": sales.sold, "price": price}
    if outcome == Outcome.REPAIR and advice.made_of and advice.made_of.repaired_cents:
        return _("Once it works, around %(price)s.") % {"price": _euros(advice.made_of.repaired_cents)}
    if outcome == Outcome.SHOP and advice.is_known:
        return _("It goes fast, for less.")
    return matter if outcome == Outcome.RECYCLE else ""


def _euros(cents: int) -> str:
    """Whole euros: nobody reads an estimate to the cent."""
    return f"{round(cents / 100)}\u00a0€"


def _choices(advice: Advice, quantity: int, matter: str, *, only_safe: bool) -> list[dict[str, Any]]:
    rows = []
    for outcome in Outcome:
        if only_safe and outcome not in SAFE_OUTCOMES:
            continue
        gain = advice.gains.get(outcome.value)
        pictogram, tint = OUTCOME_ICONS[outcome]
        rows.append(
            {
                "value": outcome.value,
                "label": outcome.label,
                "icon": pictogram,
                "tint": tint,
                "gain": None if gain is None else _euros(gain * quantity).replace("-", "− "),
                "reason": _reason(outcome, advice, matter),
                "is_best": outcome == advice.best and not only_safe,
            }
        )
    return rows


def _outcome(
    request: HttpRequest, table: Table, category: Category, form: ThingForm, words: dict[str, Any]
) -> HttpResponse:
    weight_g, quantity = form.cleaned_data["weight_g"], form.cleaned_data["quantity"]
    stops: list[Any] = [*stops_of(category), *filter(None, [words["recalled"]])]
    is_proven = bool(stops) and request.GET.get("preuve") == "oui" and all(rule.proof for rule in stops)
    condition, seller = _condition(request, table), table.worker.organisation
    advice = advise(category, weight_g=weight_g // quantity or 1, organisation=seller, condition=condition)
    error = ""
    if request.method == "POST":
        try:
            row = _sorted(request, table, form, advice, _thing(category, condition, words, is_proven=is_proven))
        except IntakeError as refused:
            error = str(refused)
        else:
            done = reverse("intake:sorted", args=[row.public_id])
            return redirect(with_label(done) if row.item_id else done)
    context = {
        **words,
        **_figures(advice, condition),
        "category": category,
        "advice": advice,
        "condition": condition,
        "conditions": _conditions(category, form, condition, words),
        **_stop_words(stops, is_proven=is_proven),
        "choices": _choices(advice, quantity, _matter(table, category), only_safe=bool(stops) and not is_proven),
        "weight_g": weight_g,
        "quantity": quantity,
        "kept": _kept(category, form, condition, words["ean"]),
        "error": error,
    }
    return kiosk_page(request, "intake/sort_outcome.html", context, status=422 if error else 200)


def _thing(category: Category, condition: str, words: dict[str, Any], *, is_proven: bool) -> dict[str, Any]:
    return {"category": category, "condition": condition, "is_proven": is_proven, "gtin": words["ean"]}


def _stop_words(stops: list[Any], *, is_proven: bool) -> dict[str, Any]:
    may_prove = bool(stops) and not is_proven and all(rule.proof for rule in stops)
    return {"stops": stops, "is_proven": is_proven, "may_prove": may_prove}


def _matter(table: Table, category: Category) -> str:
    """With what it is recycled, in the words of the organisation's flows."""
    return flow(flow_of(category, chosen_flows(table.worker.organisation))).label


def _figures(advice: Advice, condition: str) -> dict[str, Any]:
    """What the figure was made of, as the fold of the screen shows it."""
    return {
        "taken": _percent(advice),
        "minute": figure("minute_cents"),
        "shop_price": figure("shop_price_percent"),
        "shop_sold": figure("shop_sold_percent"),
        "condition_share": condition_percent(condition),
        "repaired_share": figure("repair_success_percent"),
    }


def _sorted(request: HttpRequest, table: Table, form: ThingForm, advice: Advice, thing: dict[str, Any]) -> Sorting:
    """`thing`: the other facts of Thing, from the address."""
    _worker, site = somebody(request)
    outcome, quantity = request.POST.get("outcome", ""), form.cleaned_data["quantity"]
    gain = advice.gains.get(outcome)
    found = Thing(
        weight_g=form.cleaned_data["weight_g"],
        quantity=quantity,
        suggested=advice.best,
        gain_cents=None if gain is None else gain * quantity,
        **thing,
    )
    hands = hands_of(request)
    return sort_thing(site=site, donation=table.donation, thing=found, outcome=outcome, hands=hands)


def _own_sorting(request: HttpRequest, public_id: str) -> tuple[Worker, Sorting]:
    worker, _site = somebody(request)
    rows = Sorting.objects.filter(organisation_id=worker.organisation_id)
    return worker, get_object_or_404(
        rows.select_related("item", "donation", "category", "organisation"), public_id=public_id
    )


@requires(STATION_PERMISSION)
@require_GET
def sorted_one(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is sorted: print its label, sort the next one, or take it back."""
    worker, row = _own_sorting(request, public_id)
    step = Step.objects.filter(worker=worker, operation_id=row.operation_id).first()
    task = Task.objects.open().filter(kind=SORT, subject_id=row.donation.public_id).first() if row.donation else None
    context = {
        "row": row,
        "step": step if step is not None and row.cancelled_on is None and can_undo(step) else None,
        "next_url": sort_url(task),
        "out": label_out(request, row.item) if row.item is not None and row.cancelled_on is None else None,
    }
    return kiosk_page(request, "intake/sorted.html", context)


@requires(STATION_PERMISSION)
@require_POST
def sort_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nothing is left of the donation."""
    table = load_table(request, public_id)
    if table.task is None or table.donation is None:
        raise Http404
    finish_sorting(task=table.task, donation=table.donation, hands=hands_of(request))
    messages.success(request, _("This arrival is all sorted. Thank you."))
    return redirect("workshop:kiosk")
