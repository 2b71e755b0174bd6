"""What `rebond check` says of who takes payments."""

from django.conf import settings

from rebond.core.health import Answer
from rebond.shop import stripe_api
from rebond.shop.enums import MessageState
from rebond.shop.models import ProviderMessage

PART = "payments"


def check_payments() -> Answer:
    """The provider answers to our key, with the account that is expected; or nobody takes payments, which is said."""
    if "stripe" not in {settings.PAYMENT_PROVIDER, settings.PAYOUT_PROVIDER}:
        said = "by the embedded trial: invented money" if settings.PAYMENT_PROVIDER else "nobody orders online"
        return Answer(PART, True, said)
    account = stripe_api.own_account()
    if settings.STRIPE_ACCOUNT and account["id"] != settings.STRIPE_ACCOUNT:
        return Answer(PART, False, f"STRIPE_SECRET_KEY opens {account['id']}, STRIPE_ACCOUNT is another one")
    if not account.get("charges_enabled"):
        return Answer(PART, False, f"Stripe lets {account['id']} take no payment yet: complete the account there")
    waiting = ProviderMessage.objects.filter(state=MessageState.WAITING).count()
    if waiting:
        return Answer(
            PART, False, f"{waiting} messages of Stripe could not be applied yet: see the desk, Reconciliation"
        )
    trial = ", with a test key" if "_test_" in settings.STRIPE_SECRET_KEY else ""
    return Answer(PART, True, f"by Stripe, account {account['id']}{trial}")
