"""Catalogue files: each format says how sure it is that a file is its own, then yields rows one by one."""

from rebond.connect.formats.base import Detected, Row, Source
from rebond.connect.formats.detect import FORMATS, detect, label_of, open_rows

__all__ = ["FORMATS", "Detected", "Row", "Source", "detect", "label_of", "open_rows"]
