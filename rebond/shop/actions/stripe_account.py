"""A seller's account at Stripe (Express): opened once, completed on Stripe's pages, mirrored here.

Identity papers and bank details go to Stripe, never here. Nothing here calls Stripe inside a transaction.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from rebond.core.seo import absolute
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop import stripe_api
from rebond.shop.models import SellerAccount
from rebond.shop.stripe_api import NAME

MISSING = 50  # names kept


def onboarding_page(*, organisation: Organisation, by: Any) -> str:
    """The address of Stripe's page where the seller completes its account, opened where there is none yet.

    Asked twice, it is one account. Raise ProviderError.
    """
    account = SellerAccount.objects.filter(organisation=organisation).first() or _open(organisation, by)
    here = absolute(reverse("shop:payment-account"))
    params = {
        "account": account.account_id,
        "type": "account_onboarding",
        "refresh_url": here,
        "return_url": f"{here}?retour=1",
    }
    return str(stripe_api.create_account_link(params)["url"])


def _open(organisation: Organisation, by: Any) -> SellerAccount:
    params = {
        "type": "express",
        "country": "FR",
        "capabilities": {"transfers": {"requested": True}},
        "settings": {"payouts": {"schedule": {"interval": "manual"}}},  # decision 20: each payout is asked
        "metadata": {"rebond_organisation": organisation.public_id},
    }
    made = stripe_api.create_account(params, key=f"account-{organisation.public_id}")
    return keep_account(organisation=organisation, said=made, by=by)


@transaction.atomic
def keep_account(*, organisation: Organisation, said: dict[str, Any], by: Any) -> SellerAccount:
    """The account that Stripe opened, once."""
    account, is_new = SellerAccount.objects.get_or_create(
        organisation=organisation,
        defaults={"provider": NAME, "account_id": said["id"], **_state(said, timezone.now())},
    )
    if is_new:
        record("shop.payment_account.opened", subject=account, by=by, organisation=organisation)
    return account


def refresh_account(*, account: SellerAccount) -> SellerAccount:
    """Ask Stripe for its state now. Raise ProviderError."""
    said = stripe_api.get_account(account.account_id)
    mirror_account(account_id=account.account_id, said=said, told_at=timezone.now())
    account.refresh_from_db()
    return account


def mirror_account(*, account_id: str, said: dict[str, Any], told_at: datetime.datetime) -> bool:
    """What Stripe says of an account, unless something later is known; whether the account is one of ours."""
    rows = SellerAccount.objects.filter(account_id=account_id)
    rows.filter(told_at__lte=told_at).update(**_state(said, told_at))
    return rows.exists()


def close_account(*, account_id: str, told_at: datetime.datetime) -> bool:
    """The seller took its account away: nothing is paid there until it is opened again; whether it is one of ours."""
    rows = SellerAccount.objects.filter(account_id=account_id)
    rows.update(may_be_paid=False, refused_for="deauthorized", told_at=told_at)
    return rows.exists()


def payable_among(owners: Collection[int]) -> set[int]:
    """Of these organisations, those whose account there may be paid."""
    rows = SellerAccount.objects.filter(organisation_id__in=owners, provider=NAME, may_be_paid=True)
    return set(rows.values_list("organisation_id", flat=True))


def _state(said: dict[str, Any], told_at: datetime.datetime) -> dict[str, Any]:
    asked = said.get("requirements")
    asked = asked if isinstance(asked, dict) else {}
    names = [*(asked.get("past_due") or []), *(asked.get("currently_due") or [])]
    return {
        "is_complete": bool(said.get("details_submitted")),
        "may_be_paid": bool(said.get("payouts_enabled")),
        "missing": list(dict.fromkeys(str(name)[:100] for name in names))[:MISSING],
        "missing_by": _moment(asked.get("current_deadline")),
        "refused_for": str(asked.get("disabled_reason") or "")[:80],
        "told_at": told_at,
    }


def _moment(seconds: Any) -> datetime.datetime | None:
    is_one = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 2**33
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC) if is_one else None
