import pytest

from rebond.core.images import close_pool


@pytest.fixture
def folders(settings, tmp_path):
    """Public and private storages in a folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "rebond.core.storage.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None, "durable": True},
        },
    }
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def _no_child_left():
    yield
    close_pool()
