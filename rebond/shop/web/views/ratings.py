"""Opinions of buyers: given by the order's signed link, read by everybody, reported by anybody (rules.md F4)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.pagecache import cached_page
from rebond.core.paging import key_in, page_before
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.network.models import Organisation
from rebond.shop.actions.rating import Opinion, byline_of, rate_part, take_down_comment
from rebond.shop.actions.removal import contest_removal
from rebond.shop.errors import ContestOverError, RatingOverError
from rebond.shop.models import CommentRemoval, Rating, SellerOrder
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.queries.quality import figures_of, rolling_year
from rebond.shop.queries.ratings import PAGE, may_answer, may_change, published, rating_path
from rebond.shop.web.rating_forms import CommentNoticeForm, ContestForm, RatingForm, ScoreForm
from rebond.shop.web.views.notices import notice_page


def _part(public_id: str, token: str, part_id: str) -> SellerOrder:
    """The delivered part of a signed link: whoever answers did buy."""
    order = find_order(public_id, token)
    if order is None or order.paid_at is None:
        raise Http404
    rows = SellerOrder.objects.filter(order=order, delivered_at__isnull=False).select_related("seller", "order")
    return get_object_or_404(rows, public_id=part_id)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("rating")
def rating(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    found = Rating.objects.filter(part=part).first()
    if request.method == "POST" and "quick" in request.POST:
        return _answer_quickly(request, part, found)
    form = RatingForm(request.POST or None, initial=_initial(request, found), byline=byline_of(part.order))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        opinion = Opinion(data["score"], data["comment"], data.get("is_signed", False))
        if _save(request, part, opinion):
            messages.success(request, _("Thank you. Your opinion is published."))
        return HttpResponseRedirect(request.path)
    return _show(request, part, found, form)


def _initial(request: HttpRequest, found: Rating | None) -> dict[str, Any]:
    if found is not None:
        return {"score": found.score, "comment": found.comment, "is_signed": bool(found.byline)}
    return {"score": request.GET.get("note", "")[:2]}


def _answer_quickly(request: HttpRequest, part: SellerOrder, found: Rating | None) -> HttpResponse:
    """The note alone, from the page of the order; what was written before stays."""
    form = ScoreForm(request.POST)
    if not form.is_valid():
        whole = RatingForm(request.POST, byline=byline_of(part.order))
        return _show(request, part, found, whole)
    if _save(request, part, Opinion(form.cleaned_data["score"])):
        messages.success(request, _("Thank you, your note is counted. You may add a word."))
    return HttpResponseRedirect(request.path)


def _save(request: HttpRequest, part: SellerOrder, opinion: Opinion) -> bool:
    try:
        rate_part(part=part, opinion=opinion, by=visitor(request))
    except RatingOverError:
        messages.error(request, _("It is too late to give or change this opinion."))
        return False
    return True


def _show(
    request: HttpRequest, part: SellerOrder, found: Rating | None, form: RatingForm, contest: ContestForm | None = None
) -> HttpResponse:
    rows = CommentRemoval.objects.filter(rating=found).order_by("-pk") if found else CommentRemoval.objects.none()
    removal = rows.first()
    score = str(form["score"].value())
    context = {
        "part": part,
        "rating": found,
        "form": form,
        "score": score if score.isdecimal() else "",
        "may_write": may_change(found) if found is not None else may_answer(part),
        "removal": removal,
        "contest": contest or ContestForm(),
        "lines": part.lines.filter(state="sold").order_by("pk"),
        "order_url": order_path(part.order),
        "base": rating_path(part),
        "help_url": help_path(part),
        "seo": Seo(title=_("Your opinion on a purchase"), path=request.path, robots="noindex"),
    }
    is_wrong = bool(form.errors or (contest and contest.errors))
    return page(request, "shop/rating.html", context, status=422 if is_wrong else 200)


@public
@require_POST
@same_origin_post
@throttled("rating")
def rating_take_down(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    take_down_comment(rating=get_object_or_404(Rating, part=part), by=visitor(request))
    messages.success(request, _("Your words and your name are taken down. Your note stays counted."))
    return HttpResponseRedirect(rating_path(part))


@public
@require_POST
@same_origin_post
@throttled("rating")
def rating_contest(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    found = get_object_or_404(Rating, part=part)
    removal = get_object_or_404(CommentRemoval, rating=found, ended_at__isnull=True)
    form = ContestForm(request.POST)
    if not form.is_valid():
        whole = RatingForm(initial=_initial(request, found), byline=byline_of(part.order))
        return _show(request, part, found, whole, form)
    try:
        contest_removal(removal=removal, text=form.cleaned_data["text"])
    except ContestOverError:
        messages.error(request, _("This decision was contested already, or it is too late."))
    else:
        messages.success(request, _("We received your complaint. A person answers it by mail."))
    return HttpResponseRedirect(rating_path(part))


@public
@require_safe
@cached_page
def seller_ratings(request: HttpRequest, slug: str) -> HttpResponse:
    """All opinions on one seller, the newest first, with the rules of how they are collected."""
    seller = get_object_or_404(Organisation.objects.selling(), slug=slug)
    before = key_in(request.GET.get("avant", ""))
    rows, next_key = page_before(published(seller), before, PAGE)
    title = _("What buyers say of %(name)s") % {"name": seller.name}
    context = {
        "seller": seller,
        "ratings": rows,
        "is_first": before is None,
        "next_key": next_key,
        "figures": figures_of(seller, rolling_year()),
        "crumbs": [
            (_("Our sellers"), "/vendeurs/"),
            (seller.name, reverse("shop:seller", args=[seller.slug])),
            (_("Opinions"), ""),
        ],
        "seo": Seo(title=title, path=request.path, robots="" if before is None else "noindex, follow"),
    }
    return page(request, "shop/seller_ratings.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("notice")
def rating_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Report a comment, without an account and free of charge (L111-7-2; DSA art. 16)."""
    rows = Rating.objects.exclude(comment="").filter(removed_at__isnull=True).select_related("seller")
    found = get_object_or_404(rows, public_id=public_id)
    back = reverse("shop:seller-ratings", args=[found.seller.slug])
    return notice_page(request, CommentNoticeForm, {"rating": found}, back=back, title=_("Report this opinion"))
