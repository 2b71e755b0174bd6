"""Who brings it, at the dock: one question a screen (rules.md F6). Asked only where the register is kept.

Answers travel in the page, hidden, from one form to the next: never in an address, a session or a log. Nothing is
written before the last screen, which shows them all.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rebond.core.access import requires
from rebond.intake.actions.register import ASKED, LONGEST, Bringer, check_answer
from rebond.intake.actions.register_lines import note_donor
from rebond.intake.enums import DONOR_ICONS, Abandoned, DocumentKind, DonorKind
from rebond.intake.errors import FieldInvalid, IntakeError, NotedAlready
from rebond.intake.queries.register import Identity, group_limit_of, lots_of
from rebond.intake.web.loading import own_donation, somebody, steps_of
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION

OPTIONAL = {"represented_by"}
REASON_ICONS = {
    Abandoned.DOOR: ("door-open", "sable"),
    Abandoned.BOX: ("box", "ciel"),
    Abandoned.WASTE_SITE: ("recycle", "menthe"),
    Abandoned.GONE: ("user-x", "peche"),
}
DOCUMENT_ICONS = {
    DocumentKind.IDENTITY_CARD: ("id-card", "ciel"),
    DocumentKind.PASSPORT: ("globe", "lilas"),
    DocumentKind.RESIDENCE: ("house", "menthe"),
    DocumentKind.LICENCE: ("car", "peche"),
    DocumentKind.OTHER: ("file-question-mark", "sable"),
}


def order_of(kind: str) -> list[str]:
    """The questions, in order, once the kind is known."""
    if kind == DonorKind.ABANDONED:
        return ["kind", "reason"]
    if kind not in DonorKind.values:
        return ["kind"]
    more = ["represented_by"] if kind == DonorKind.COMPANY else []
    return ["kind", *ASKED[DonorKind(kind)], *more]


@dataclass(slots=True)
class Asking:
    """What was answered so far, and what is asked now ("" for the last screen)."""

    answers: dict[str, str] = field(default_factory=dict)
    error: str = ""
    given: str = ""
    asked: str = "kind"

    @classmethod
    def of(cls, posted: Any) -> "Asking":
        """The answers that the page carried; a name that nobody asks is left out."""
        kind = posted.get("a-kind", "")
        known = {name: posted[f"a-{name}"][:400] for name in order_of(kind) if f"a-{name}" in posted}
        return cls(known)

    def take(self, name: str, value: str) -> None:
        """Judge one answer; where it is wrong, the same question again with why."""
        value = " ".join(value.split())
        try:
            self._judge(name, value)
        except FieldInvalid as refused:
            self.error, self.given, self.asked = str(refused), value, name
            return
        if name == "kind" and value != self.answers.get("kind"):
            self.answers = {}
        self.answers[name] = value
        self.ask()

    def _judge(self, name: str, value: str) -> None:
        if name == "kind":
            if value not in DonorKind.values:
                raise FieldInvalid(name, _("Say who brought it."))
        elif name == "reason":
            if value not in Abandoned.values:
                raise FieldInvalid(name, _("Say why nobody can be named."))
        elif name not in OPTIONAL or value:
            check_answer(name, value, timezone.localdate())

    def ask(self) -> None:
        """The first question without an answer."""
        self.asked = next((name for name in self.order if name not in self.answers), "")

    def back(self, name: str) -> None:
        """The question before `name` ("" is the last screen), with what was answered to it."""
        order = self.order
        place = order.index(name) if name in order else len(order)
        self.asked = order[max(place - 1, 0)]
        for later in order[order.index(self.asked) + 1 :]:
            self.answers.pop(later, None)
        self.given = self.answers.pop(self.asked, "")

    @property
    def order(self) -> list[str]:
        return order_of(self.answers.get("kind", ""))

    def bringer(self) -> Bringer:
        words = {name: self.answers.get(name, "") for name in Identity.__dataclass_fields__}
        return Bringer(self.answers.get("kind", ""), Identity(**words), self.answers.get("reason", ""))


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def donor(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question, or at the end what was answered and the button that writes it."""
    worker, _site = somebody(request)
    donation = own_donation(worker, public_id)
    if not donation.organisation.is_register_kept:
        raise Http404
    if lots_of(donation):
        return redirect("intake:received", public_id)
    asking = Asking.of(request.POST)
    asking.ask()
    if request.method == "POST":
        done = request.POST.get("do", "")
        if done == "record" and not asking.asked:
            return _recorded(request, donation, asking)
        if done.startswith("back"):
            asking.back(request.POST.get("asked", ""))
        elif request.POST.get("asked") in asking.order:
            asking.take(request.POST["asked"], request.POST.get("answer", ""))
    return _screen(request, donation, asking)


def _recorded(request: HttpRequest, donation: Any, asking: Asking) -> HttpResponse:
    try:
        note_donor(donation=donation, bringer=asking.bringer(), by=hands_of(request).user)
    except NotedAlready:
        messages.success(request, _("It is in the register."))
    except IntakeError as refused:
        asking.error = str(refused)
        return _screen(request, donation, asking)
    else:
        messages.success(request, _("It is in the register."))
    return redirect("intake:received", donation.public_id)


def _screen(request: HttpRequest, donation: Any, asking: Asking) -> HttpResponse:
    context = {
        "steps": steps_of(donation.organisation),
        "donation": donation,
        "asking": asking,
        "answers": [(f"a-{name}", value) for name, value in asking.answers.items()],
        "limit": group_limit_of(donation.organisation),
        **(_question(asking.asked, asking.answers.get("kind", "")) if asking.asked else {}),
        "said": [] if asking.asked else _said(asking),
    }
    template = "intake/donor_question.html" if asking.asked else "intake/donor_check.html"
    return kiosk_page(request, template, context, status=422 if asking.error else 200)


def _question(name: str, kind: str) -> dict[str, Any]:
    """Its words, and its choices or its field."""
    is_company = kind == DonorKind.COMPANY
    titles = {
        "kind": (_("Who brings it?"), ""),
        "name": (_("Which company?"), "") if is_company else (_("What is the name?"), _("First name, then name.")),
        "address": (_("What is the address?"), _("Number, street, town.")),
        "represented_by": (_("Who came for it?"), _("The name of the person who is here.")),
        "document_kind": (_("Which document?"), _("Ask to see it. Take no picture.")),
        "document_number": (_("Which number is on it?"), _("Copy it. Letters count too.")),
        "document_on": (_("Issued on which day?"), _("It is written on the document.")),
        "document_by": (_("Who issued it?"), _("Such as: Préfecture de Loire-Atlantique.")),
        "reason": (_("Why is nobody here?"), ""),
    }
    choices: dict[str, list[tuple[str, Any, str, str]]] = {
        "kind": [(one.value, one.label, *DONOR_ICONS[one]) for one in DonorKind],
        "document_kind": [(one.value, one.label, *DOCUMENT_ICONS[one]) for one in DocumentKind],
        "reason": [(one.value, one.label, *REASON_ICONS[one]) for one in Abandoned],
    }
    title, hint = titles[name]
    return {
        "title": title,
        "hint": hint,
        "choices": choices.get(name, []),
        "field_type": "date" if name == "document_on" else "text",
        "longest": LONGEST.get(name, 20),
        "is_optional": name in OPTIONAL,
    }


def _said(asking: Asking) -> list[tuple[str, Any]]:
    """What was answered, in words, for the last screen."""
    kind = asking.answers.get("kind", "")
    found: list[tuple[str, Any]] = []
    for name in asking.order:
        value: Any = asking.answers.get(name, "")
        if name == "kind":
            value = DonorKind(value).label
        elif name == "document_kind":
            value = DocumentKind(value).label
        elif name == "reason":
            value = Abandoned(value).label
        elif name == "document_on" and (day := parse_date(value)):
            value = date_format(day, "j F Y")
        if value:
            found.append((_question(name, kind)["title"], value))
    return found
