"""The addresses that stand inside of signed badges: they must answer for ever."""

from django.conf import settings
from django.urls import reverse

from rebond.network.models import Organisation


def issuer_address(organisation: Organisation) -> str:
    return f"{settings.SITE_URL}{reverse('skills:issuer', args=[organisation.public_id])}"


def method_address(organisation: Organisation, multikey: str) -> str:
    return f"{issuer_address(organisation)}#{multikey}"


def badge_address(badge_id: str) -> str:
    return f"{settings.SITE_URL}{reverse('skills:badge', args=[badge_id])}"


def list_address(list_id: str) -> str:
    return f"{settings.SITE_URL}{reverse('skills:status-list', args=[list_id])}"


def award_address(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('skills:award', args=[token])}"


def picture_address(badge_id: str) -> str:
    return f"{settings.SITE_URL}{reverse('skills:picture', args=[badge_id])}"
