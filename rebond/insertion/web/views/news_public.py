"""The person's news, alone, on their telephone: one question a screen, no name on any of them."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rebond.core.access import public, same_origin_post
from rebond.core.web import page
from rebond.insertion.actions.news import LONGEST, SILENT, Said, answer_news
from rebond.insertion.actions.news_link import may_be_written
from rebond.insertion.enums import HowAsked, JobContract, Situation
from rebond.insertion.errors import NewsRefused
from rebond.insertion.links import opened_by
from rebond.insertion.models import FollowUp

SITUATIONS: dict[str, Promise] = {
    Situation.EMPLOYED: _("I have a job"),
    Situation.TRAINING: _("I learn: school or training"),
    Situation.SEARCHING: _("I look for a job"),
    Situation.NEITHER: _("Something else"),
    Situation.REFUSED: _("I do not want to answer"),
}
CONTRACTS: dict[str, Promise] = {
    JobContract.CDI: _("A job without end (CDI)"),
    JobContract.LONG: _("More than 6 months"),
    JobContract.SHORT: _("6 months or less"),
    JobContract.INSERTION: _("A job to learn again (insertion)"),
    JobContract.OWN: _("I work for myself"),
    JobContract.UNKNOWN: _("I do not know"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the screens before said, carried by the form itself: nothing is kept before the last button."""

    situation: str
    contract: str
    note: str
    is_sent: bool

    @property
    def step(self) -> str:
        if not self.situation:
            return "situation"
        if self.situation == Situation.EMPLOYED and not self.contract:
            return "contract"
        return "send" if self.is_sent or self.situation == Situation.REFUSED else "words"


def _draft(request: HttpRequest) -> Draft:
    """Words that no button of ours sends are none."""
    given = request.POST
    situation, contract = given.get("situation", ""), given.get("contract", "")
    return Draft(
        situation if situation in SITUATIONS else "",
        contract if contract in CONTRACTS and situation == Situation.EMPLOYED else "",
        given.get("note", "").replace("\0", "")[: LONGEST["note"]],
        "send" in given,
    )


def _over(request: HttpRequest, *, is_thanked: bool) -> HttpResponse:
    return page(request, "insertion/news/over.html", {"is_thanked": is_thanked}, status=200 if is_thanked else 410)


@public
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """404 for what we did not sign; over once answered, late, or when the consent was taken back."""
    public_id, is_fresh = opened_by(token)
    found = FollowUp.objects.filter(public_id=public_id).select_related("exit__person__organisation").first()
    if not public_id:
        raise Http404
    if found is not None and found.closed_on is not None and found.exit.cancelled_at is None:
        return _over(request, is_thanked=True)
    if found is None or not is_fresh or found.exit.cancelled_at is not None or not may_be_written(found.exit.person):
        return _over(request, is_thanked=False)
    draft = _draft(request)
    if draft.step != "send":
        choices = SITUATIONS if draft.step == "situation" else CONTRACTS
        context = {"draft": draft, "choices": choices, "organisation": found.organisation, "most": LONGEST["note"]}
        return page(request, "insertion/news/question.html", context)
    day = None if draft.situation in SILENT else timezone.localdate()
    said = Said(draft.situation, HowAsked.LINK, draft.contract, described_on=day, note=draft.note)
    try:
        answer_news(follow_up=found, said=said, by=None)
    except NewsRefused:  # sent twice at once: the first one counts
        return _over(request, is_thanked=True)
    return _over(request, is_thanked=True)
