"""`rebond rebuild-renditions` and `rebond clean-photos`."""

import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from rebond.catalogue.actions.photo import add_photos
from rebond.core.images.store import original_name, rendition_name
from rebond.core.storage import private_storage
from tests.catalogue.pictures import upload
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db, pytest.mark.usefixtures("folders")]


@pytest.fixture
def photos(owner, seller):
    return add_photos(item=ItemFactory(seller=seller), files=[upload(1), upload(2)], by=owner).added


def test_rebuild_makes_everything_again_and_says_so(photos, capsys):
    gone = rendition_name(photos[0].asset.sha256, 480, "avif")
    default_storage.delete(gone)
    call_command("rebuild_renditions", "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["made"], result["failed"]) == (2, [])
    assert default_storage.exists(gone)


def test_rebuild_missing_skips_what_is_there(photos, capsys):
    call_command("rebuild_renditions", "--missing", "--json")
    call_command("rebuild_renditions", "--missing", "--json")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["made"], second["made"]) == (2, 0)


def test_rebuild_fails_where_an_original_is_gone(photos, capsys):
    private_storage().delete(original_name(photos[1].asset.sha256, ".jpg"))
    with pytest.raises(SystemExit) as stopped:
        call_command("rebuild_renditions")
    assert stopped.value.code == 1
    printed = capsys.readouterr()
    assert "1 photos made, 1 failed" in printed.out
    assert photos[1].asset.sha256 in printed.err


def test_cleaning_tells_what_it_deleted(photos, capsys):
    call_command("clean_photos", "--json")
    assert json.loads(capsys.readouterr().out) == {"assets": 0, "files": 0}
