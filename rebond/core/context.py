"""What every page may show; nothing here asks the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Site address, demo flag, current organisation and rights (lazy)."""
    return {
        "SITE_URL": settings.SITE_URL,
        "DEMO": settings.DEMO,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "access": getattr(request, "access", None),
    }
