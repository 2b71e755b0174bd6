"""General terms: the version in force, what changed between two, and what an order accepted (rules.md F1)."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from rebond.core.health import Answer
from rebond.core.prepared import PreparedIn
from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation
from rebond.network.queries.agreements import entrusting
from rebond.shop.data.terms_model import OPERATOR_TEXT, TEXT
from rebond.shop.models import Order, SellerOrder, TermsVersion
from rebond.shop.queries.seller_facts import seller_facts

TASK = "aftersales"  # who answers a seller's customers by its agreement may write its terms


def _in_force(sellers: Iterable[int]) -> "QuerySet[TermsVersion]":
    newest = TermsVersion.objects.filter(organisation=OuterRef("organisation")).order_by("-number").values("number")
    rows = TermsVersion.objects.filter(number=Subquery(newest[:1])).select_related("organisation")
    operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").values("pk")[:1]
    return rows.filter(Q(organisation__in=sellers) | Q(organisation=Subquery(operator)))


_IN_FORCE: PreparedIn[TermsVersion] = PreparedIn(_in_force)


def current_terms(sellers: Iterable[int] = ()) -> dict[int, TermsVersion]:
    """The version in force of each of these organisations that has one; under 0, the site's operator's. One query."""
    wanted = set(sellers)
    found: dict[int, TermsVersion] = {}
    for row in _IN_FORCE.run(sorted(wanted) or [0]):
        if row.organisation_id in wanted:
            found[row.organisation_id] = row
        if row.organisation.kind == OrganisationKind.OPERATOR and 0 not in found:
            found[0] = row
    return found


def seal_of(terms: Mapping[int, TermsVersion]) -> str:
    """What a form carries of the versions it shows: published meanwhile, they are no longer these."""
    return ",".join(row.public_id for _key, row in sorted(terms.items()))


def terms_path(version: TermsVersion) -> str:
    """Its address, the same for ever."""
    return reverse("shop:terms", args=[version.public_id])


def versions_of(organisation: Organisation) -> "QuerySet[TermsVersion]":
    """The newest first; without their texts."""
    return TermsVersion.objects.filter(organisation=organisation).defer("text").order_by("-number")


def terms_of_order(order: Order, parts: Sequence[SellerOrder] | None = None) -> list[TermsVersion]:
    """What its buyer accepted: the site's, then each seller's, in the order of the sellers' parts (all of them, by
    key, where the caller has read them). Two queries at most.
    """
    if parts is None:
        parts = list(SellerOrder.objects.filter(order=order).only("terms_id").order_by("pk"))
    keys = [pk for pk in (order.terms_id, *(part.terms_id for part in parts)) if pk]
    rows = TermsVersion.objects.select_related("organisation").in_bulk(keys) if keys else {}
    return [rows[pk] for pk in dict.fromkeys(keys)]


def check_terms() -> Answer:
    """What `rebond check` says: without terms of the operator, the sale of a seller that has none keeps none."""
    if 0 in current_terms():
        return Answer("terms", True, "the operator’s terms of sale are published")
    said = "the operator published no terms of sale: orders from sellers without their own keep none; see the desk"
    return Answer("terms", True, said, is_warning=True)


def writes_for(operator: Organisation) -> "QuerySet[Organisation]":
    """The sellers whose agreement in force has this operator answer their customers: it may write their terms too."""
    return Organisation.objects.filter(pk__in=entrusting(operator.pk, TASK, timezone.localdate())).order_by("name")


def model_text(organisation: Organisation) -> str:
    """The model to start from, with the organisation's own facts; what is not known stays to be written."""
    facts = seller_facts(organisation, timezone.localdate())
    main = facts.sites[0] if facts.sites else None
    unknown = "[à compléter]"
    address = f"{main.address}, {main.postal_code} {main.city}".strip(", ") if main else unknown
    model = OPERATOR_TEXT if organisation.kind == OrganisationKind.OPERATOR else TEXT
    paragraphs = (part.strip().replace("\n", " ") for part in model.strip().split("\n\n"))
    return "\n\n".join(paragraphs).format(
        name=organisation.legal_name or organisation.name,
        register=f", SIREN {organisation.siren}" if organisation.siren else "",
        address=address,
        phone=organisation.phone or unknown,
        email=organisation.email or unknown,
        vat=facts.vat_mention or "",
        days=organisation.ships_in_days,
        mediator=organisation.mediator or unknown,
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading; `change` is "", "new" or "gone", `pieces` the words with theirs."""

    is_heading: bool
    pieces: tuple[tuple[str, str], ...]
    change: str = ""


def blocks_of(text: str) -> list[Block]:
    """The text as headings and paragraphs."""
    return [_block(part) for part in _paragraphs(text)]


def differences(old: str, new: str) -> list[Block]:
    """The new text with what came and what went, paragraph by paragraph, and word by word inside one that changed."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Block] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            found += [_block(part) for part in after[start:end]]
            continue
        gone, came = before[low:high], after[start:end]
        paired = min(len(gone), len(came))
        found += [_changed(*pair) for pair in zip(gone[:paired], came[:paired], strict=True)]
        found += [_block(part, "gone") for part in gone[paired:]]
        found += [_block(part, "new") for part in came[paired:]]
    return found


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def _block(part: str, change: str = "") -> Block:
    is_heading = part.startswith("# ")
    return Block(is_heading, ((part.removeprefix("# ") if is_heading else part, change),), change)


def _changed(old: str, new: str) -> Block:
    before, after = (re.findall(r"\s+|\S+", part.removeprefix("# ")) for part in (old, new))
    pieces: list[tuple[str, str]] = []
    for tag, low, high, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("".join(after[start:end]), ""))
            continue
        pieces += [
            ("".join(words), change)
            for words, change in ((before[low:high], "gone"), (after[start:end], "new"))
            if words
        ]
    return Block(new.startswith("# "), tuple(pieces), "changed")
