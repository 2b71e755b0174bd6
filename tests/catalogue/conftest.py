import pytest

from rebond.core.images import close_pool


@pytest.fixture(scope="session", autouse=True)
def _no_child_left():
    yield
    close_pool()
