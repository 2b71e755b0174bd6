"""Files of messages: checked, kept privately, pictures made again so that nothing hidden in them comes through."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from rebond.core.images import ImageRefused, render_picture
from rebond.core.pdf_check import PdfRefused, check_pdf
from rebond.journal.actions.files import store_file
from rebond.journal.errors import FileRefusedError
from rebond.shop.errors import AttachmentRefusedError
from rebond.shop.models import Attachment, Message

MAX_BYTES = 10_000_000
WIDTH = 1600
PER_CONVERSATION = 40


def ready_attachment(*, upload: Any) -> Any:
    """A PDF as it came, or the picture made again as WebP, 1,600 px at most; None where nothing was sent.

    A PDF that could run something, that is locked or that cannot be read is refused. Reading a picture may
    take many seconds: this is done before an action begins, so that nothing is locked meanwhile.
    Raise AttachmentRefusedError, whose text says why to the person.
    """
    if not upload:
        return None
    if upload.size > MAX_BYTES:
        raise AttachmentRefusedError(_("This file is larger than 10 MB."))
    if upload.name.lower().endswith(".pdf"):
        return _plain_pdf(upload)
    try:
        made = render_picture(upload.read(), ((WIDTH, "webp"),))
    except ImageRefused:
        raise AttachmentRefusedError(_("This is not a picture or a PDF that can be read.")) from None
    return ContentFile(made.renditions[0].data, name="photo.webp")


def _plain_pdf(upload: Any) -> Any:
    try:
        check_pdf(upload.read())
    except PdfRefused as refused:
        raise AttachmentRefusedError(str(refused)) from None
    upload.seek(0)
    return upload


@transaction.atomic
def keep_attachment(*, message: Message, upload: Any, by: Any) -> Attachment:
    """Keep one file of a message, as `ready_attachment` gave it; 40 in a conversation.

    Raise AttachmentRefusedError, whose text says why to the person.
    """
    if Attachment.objects.filter(message__conversation=message.conversation_id).count() >= PER_CONVERSATION:
        raise AttachmentRefusedError(_("This conversation holds 40 files, the most it can."))
    try:
        stored = store_file(
            upload=upload,
            organisation=message.conversation.part.seller,
            permission="shop.conversation.view",
            by=by,
            subject=message.conversation,
            kinds=frozenset({"pdf", "webp"}),
            max_bytes=MAX_BYTES,
        )
    except FileRefusedError:
        raise AttachmentRefusedError(_("This is not a picture or a PDF that can be read.")) from None
    return Attachment.objects.create(message=message, stored=stored)
