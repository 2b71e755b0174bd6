import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from rebond.connect.scratch import OLD, scratch_folder

pytestmark = pytest.mark.unit


def test_a_folder_goes_with_its_work_and_takes_what_a_killed_one_left():
    top = Path(settings.VAR_DIR) / "scratch"
    left, fresh = top / "import-killed", top / "import-under-way"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "upload").write_text("x")
    os.utime(left, (time.time() - OLD - 60,) * 2)

    with scratch_folder() as folder:
        assert folder.parent == top
        assert (left.exists(), fresh.exists()) == (False, True)

    assert not folder.exists()
    (fresh / "upload").unlink()
    fresh.rmdir()
