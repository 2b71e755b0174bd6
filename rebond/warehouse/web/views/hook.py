"""The address where carriers tell what happened to parcels."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rebond.core.access import public
from rebond.warehouse.actions.webhook import receive_message
from rebond.warehouse.errors import FieldInvalid, SignatureRefused
from rebond.warehouse.models import CarrierAccount

MAX_BODY = 262_144  # bytes


@public
@csrf_exempt  # no browser comes here: the signature proves who speaks
@require_POST
def carrier_hook(request: HttpRequest, account_id: str) -> JsonResponse:
    """A signed message: its events are kept, each once. An unknown account and a wrong signature have one answer."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MAX_BODY or len(request.body) > MAX_BODY:
        return JsonResponse({"error": "too big"}, status=413)
    account = CarrierAccount.objects.filter(public_id=account_id, is_active=True).first()
    try:
        header = request.headers.get("Rebond-Signature", "")
        return JsonResponse(receive_message(account=account, header=header, body=request.body))
    except SignatureRefused:
        return JsonResponse({"error": "signature"}, status=400)
    except FieldInvalid as refused:
        return JsonResponse({"error": refused.field or "body", "expected": str(refused)}, status=400)
