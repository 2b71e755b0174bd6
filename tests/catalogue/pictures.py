"""Small pictures for tests, each of another content."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def picture_bytes(number=1, *, size=(90, 60), fmt="JPEG"):
    """A picture that no other `number` gives."""
    image = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number * 13 % 256))
    ImageDraw.Draw(image).rectangle((0, 0, 3 + number % 40, 10), fill=(255, 255, 255))
    target = io.BytesIO()
    image.save(target, fmt)
    return target.getvalue()


def upload(number=1, name=None, **options):
    return SimpleUploadedFile(name or f"photo-{number}.jpg", picture_bytes(number, **options))


def broken_upload(name="cassée.jpg", data=b"pas une image"):
    return SimpleUploadedFile(name, data)
