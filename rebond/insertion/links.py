"""Signed links by which somebody who left gives their news without an account: one follow-up each, for three weeks."""

import datetime

from django.core import signing

SALT = "rebond.insertion.news"
LASTS = datetime.timedelta(days=21)


def news_token(public_id: str) -> str:
    """What opens the follow-up `public_id` from now on, for LASTS."""
    return signing.TimestampSigner(salt=SALT).sign(public_id)


def opened_by(token: str) -> tuple[str, bool]:
    """The public id that we signed, and whether the time is not over; ("", False) for what is not ours."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        return signer.unsign(token, max_age=LASTS), True
    except signing.SignatureExpired:
        return signer.unsign(token), False
    except signing.BadSignature:
        return "", False
