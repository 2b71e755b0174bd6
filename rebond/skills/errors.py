"""What the room of skills refuses, each with the sentence for the person who asked."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.core.refusals import RefusalError


class SkillsError(RefusalError):
    """Base of all refusals of this room."""

    message = _("This cannot be done.")


REFUSALS: dict[str, Promise] = {
    "unreadable": _("This is no badge: a PNG, an SVG, a JSON or a signed token is expected."),
    "too_big": _("This file is too big: 2 MB at most."),
    "png_broken": _("This PNG is broken."),
    "png_empty": _("No badge is in this picture. It may have been lost when the picture was resized or sent by chat."),
    "png_two": _("Two badges are in this picture: it is refused."),
    "png_packed": _("The badge in this picture is compressed, which the standard forbids."),
    "old_badge": _("This is a badge of Open Badges 1 or 2: only version 3 is verified here."),
    "svg_broken": _("This SVG is broken."),
    "svg_empty": _("No badge is in this drawing."),
    "svg_two": _("Two badges are in this drawing: it is refused."),
    "json_broken": _("This JSON is broken."),
    "json_twice": _("The member “%(value)s” is written twice."),
    "not_object": _("A badge is one JSON object."),
    "no_context": _("The badge names no context: nobody can say what its words mean."),
    "unknown_context": _("The context “%(value)s” is not known here, and nothing is asked of the network."),
    "inner_context": _("A context inside of the badge, or written by its maker, is refused (%(value)s)."),
    "unsigned_member": _("The member “%(value)s” is covered by no signature: anybody could have added it."),
    "empty_member": _("The member “%(value)s” is empty: no signature covers it."),
    "relative": _("“%(value)s” is no complete address: no signature covers it."),
    "number": _("The number “%(value)s” has more digits than a signature covers."),
    "too_complex": _("This badge is built so that reading it would take too long."),
    "not_jsonld": _("The words of this badge contradict its contexts."),
    "no_proof": _("This badge is not signed."),
    "many_proofs": _("This badge has several signatures: exactly one is verified here."),
    "unknown_proof": _("This kind of signature is not verified here: %(value)s."),
    "wrong_purpose": _("The signature was made for something else than a badge: %(value)s."),
    "broken_proof": _("The signature is not written as the standard asks."),
    "proof_expired": _("The signature is over since %(value)s."),
    "broken_key": _("The key is not written as the standard asks (Ed25519, Multikey)."),
    "bad_signature": _("The signature does not fit: the badge was changed, or another key signed it."),
    "bad_token": _("This token is not written as the standard asks."),
    "token_differs": _("The token says two different things of “%(value)s”."),
    "not_badge": _("This is a signed document, but no badge of Open Badges 3: %(value)s."),
    "broken_list": _("The list of revoked badges is broken."),
}


class CredentialRefused(SkillsError):  # noqa: N818 -- named by what happened
    """`code` is a key of REFUSALS: stable, for programs."""

    def __init__(self, code: str, value: Any = "") -> None:
        sentence = REFUSALS[code]
        super().__init__(sentence % {"value": str(value)[:200]} if "%(value)s" in str(sentence) else sentence)
        self.code = code


class BadgeInvalid(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This badge cannot be written so.")


class AwardInvalid(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This badge cannot be given so.")


class AlreadyAwarded(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This person has this badge already.")


class NotOfTheTeam(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This person is not of your organisation.")


class BadgeClosed(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This badge is not given any more.")


class WrongState(SkillsError):  # noqa: N818 -- named by what happened
    message = _("It has moved on meanwhile. Look at it again.")


class NeedsReason(SkillsError):  # noqa: N818 -- named by what happened
    message = _("Say why: the person reads it.")


class LevelRefused(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This level cannot be written so.")


class AnswerRefused(SkillsError):  # noqa: N818 -- named by what happened
    message = _("This cannot be answered so.")
