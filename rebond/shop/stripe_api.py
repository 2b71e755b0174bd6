"""Stripe, by its official library: the only module that loads it. Answers are dictionaries, as Stripe writes them.

Nothing here knows a model. Every call that creates something carries an idempotency key made of our own references, so
that it may be made again after a process was killed. No call is made inside a transaction: a provider is far away, and
a lock would wait for it.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from rebond.shop.errors import ProviderAwayError, ProviderRefusedError, SignatureError

NAME = "stripe"  # of the provider, in rows and settings
TIMEOUT_SECONDS = 15
TOLERANCE_SECONDS = 300  # between the hour that is signed and ours: what the library itself uses
CURRENCY = "eur"
OWN_ADDRESS = "https://api.stripe.com"


@cache
def _library() -> Any:
    import stripe  # noqa: PLC0415 -- heavy, and only where Stripe takes the payments

    return stripe


@cache
def _client(key: str, base: str) -> Any:
    library = _library()
    bases = {"api": base} | ({} if base == OWN_ADDRESS else {"files": base})  # a test answers both
    return library.StripeClient(
        key,
        base_addresses=bases,
        max_network_retries=2,
        http_client=library.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


def _call(service: str, verb: str, *ids: str, params: dict[str, Any] | None = None, **options: str) -> Any:
    """One call (`checkout.sessions`, `create`); raise ProviderAwayError: try again; ProviderRefusedError: do not."""
    blocks: list[Any] = connection.atomic_blocks
    if blocks and not blocks[-1]._from_testcase:  # noqa: SLF001 -- as Django's own `durable` does
        raise RuntimeError("a provider is never called inside a transaction")
    library = _library()
    target = _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL).v1
    for part in service.split("."):
        target = getattr(target, part)
    try:
        return getattr(target, verb)(*ids, params=params or {}, options=options)
    except (library.APIConnectionError, library.RateLimitError, library.AuthenticationError) as error:
        raise ProviderAwayError(_said(error)) from error
    except library.APIError as error:  # Stripe's own 5xx
        raise ProviderAwayError(_said(error)) from error
    except library.StripeError as error:
        raise ProviderRefusedError(_said(error)) from error


def _said(error: Any) -> str:
    return str(error.user_message or error)[:300]


def _plain(found: Any) -> dict[str, Any]:
    plain: dict[str, Any] = found.to_dict()
    return plain


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def read_signed(body: bytes, header: str) -> Any:
    """The event of a webhook whose signature one of our secrets proves; raise SignatureError, ValueError.

    Two addresses of webhooks (our account, those of sellers) have a secret each: STRIPE_WEBHOOK_SECRET holds both.
    """
    library = _library()
    text = body.decode()
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            library.WebhookSignature.verify_header(text, header, secret, TOLERANCE_SECONDS)
        except library.SignatureVerificationError:
            continue
        return json.loads(text, parse_constant=_refuse)
    raise SignatureError


def own_account() -> dict[str, Any]:
    """The account that the key opens."""
    return _plain(_call("accounts", "retrieve_current"))


def create_session(params: dict[str, Any], *, key: str) -> dict[str, Any]:
    """A page of Stripe where the buyer pays; `url` is its address."""
    return _plain(_call("checkout.sessions", "create", params=params, idempotency_key=key))


def get_session(session_id: str) -> dict[str, Any]:
    return _plain(_call("checkout.sessions", "retrieve", session_id))


def movements_of(first: int, last: int) -> Iterator[dict[str, Any]]:
    """What moved on our account between two moments (seconds), with its source; a page of a hundred at a time."""
    params: dict[str, Any] = {"created": {"gte": first, "lt": last}, "limit": 100, "expand": ["data.source"]}
    while True:
        rows = _plain(_call("balance_transactions", "list", params=params))
        yield from rows["data"]
        if not rows.get("has_more"):
            return
        params = params | {"starting_after": rows["data"][-1]["id"]}


def get_intent(intent_id: str) -> dict[str, Any]:
    return _plain(_call("payment_intents", "retrieve", intent_id))


def refunds_of(intent_id: str) -> list[dict[str, Any]]:
    """The refunds of one payment: a hundred at most, as many as anyone gives."""
    rows: list[dict[str, Any]] = _plain(_call("refunds", "list", params={"payment_intent": intent_id, "limit": 100}))[
        "data"
    ]
    return rows


def transfers_of(group: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _plain(_call("transfers", "list", params={"transfer_group": group, "limit": 10}))[
        "data"
    ]
    return rows


def create_account(params: dict[str, Any], *, key: str) -> dict[str, Any]:
    return _plain(_call("accounts", "create", params=params, idempotency_key=key))


def get_account(account_id: str) -> dict[str, Any]:
    return _plain(_call("accounts", "retrieve", account_id))


def create_account_link(params: dict[str, Any]) -> dict[str, Any]:
    """An address that works once and for some minutes: no key, each visit has its own."""
    return _plain(_call("account_links", "create", params=params))


def create_transfer(params: dict[str, Any], *, key: str) -> dict[str, Any]:
    return _plain(_call("transfers", "create", params=params, idempotency_key=key))


def reverse_transfer(
    transfer_id: str, *, key: str, cents: int = 0, names: dict[str, str] | None = None
) -> dict[str, Any]:
    """Bring back `cents` of a transfer, or all that is left of it."""
    params = ({"amount": cents} if cents else {}) | ({"metadata": names} if names else {})
    return _plain(_call("transfers.reversals", "create", transfer_id, params=params, idempotency_key=key))


def get_transfer(transfer_id: str) -> dict[str, Any]:
    return _plain(_call("transfers", "retrieve", transfer_id))


def reversals_of(transfer_id: str) -> list[dict[str, Any]]:
    """What came back of a transfer: a hundred at most, as many as anyone asks."""
    rows: list[dict[str, Any]] = _plain(_call("transfers.reversals", "list", transfer_id, params={"limit": 100}))[
        "data"
    ]
    return rows


def create_payout(params: dict[str, Any], *, account: str, key: str) -> dict[str, Any]:
    """From a connected account to its bank."""
    return _plain(_call("payouts", "create", params=params, idempotency_key=key, stripe_account=account))


def payouts_of(account: str, since: int) -> Iterator[dict[str, Any]]:
    """Those of a connected account since a moment (seconds), a page of a hundred at a time."""
    params: dict[str, Any] = {"created": {"gte": since}, "limit": 100}
    while True:
        rows = _plain(_call("payouts", "list", params=params, stripe_account=account))
        yield from rows["data"]
        if not rows.get("has_more"):
            return
        params = params | {"starting_after": rows["data"][-1]["id"]}


def get_dispute(dispute_id: str) -> dict[str, Any]:
    return _plain(_call("disputes", "retrieve", dispute_id))


def send_file(file: Any, *, key: str) -> str:
    """A file of evidence; its name at Stripe."""
    params = {"file": file, "purpose": "dispute_evidence"}
    return str(_plain(_call("files", "create", params=params, idempotency_key=key))["id"])


def send_evidence(dispute_id: str, evidence: dict[str, str], *, key: str) -> dict[str, Any]:
    """For the bank, at once: nothing can be added afterwards."""
    params = {"evidence": evidence, "submit": "true"}
    return _plain(_call("disputes", "update", dispute_id, params=params, idempotency_key=key))


def accept_dispute(dispute_id: str, *, key: str) -> dict[str, Any]:
    """The buyer keeps the money: nothing can be said afterwards."""
    return _plain(_call("disputes", "close", dispute_id, idempotency_key=key))


def create_refund(params: dict[str, Any], *, key: str) -> dict[str, Any]:
    return _plain(_call("refunds", "create", params=params, idempotency_key=key))
