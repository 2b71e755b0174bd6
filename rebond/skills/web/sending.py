"""A badge's file as an answer."""

import io

from django.http import HttpResponseBase

from rebond.core.web import private_file
from rebond.skills.queries.files import BadgeFile


def sent_file(found: BadgeFile) -> HttpResponseBase:
    return private_file(io.BytesIO(found.data), name=found.name, content_type=found.content_type)
