"""No secret address in the logs."""

import logging

import pytest
from django.conf import settings

from rebond.core.logs import MaskTokens, masked
from tests.factories.admission import make_draft

pytestmark = pytest.mark.unit


def test_secret_segments_are_cut_and_words_stay():
    token = "Zk3_aB" * 7
    assert masked(f"Gone: /vendre/dossier/{token}/structure/?a=1") == "Gone: /vendre/dossier/Zk3_…/structure/?a=1"
    reset = "/compte/mot-de-passe/nouveau/2a-cdkp3x-9f8e7d6c5b4a39281706f5e4d3c2b1a0/"
    assert masked(reset) == "/compte/mot-de-passe/nouveau/2a-c…/"
    plain = "Not Found: /objet/grande-etagere-en-hetre-massif-cf4k792tx/"
    assert masked(plain) == plain


@pytest.mark.django_db
def test_a_wrong_step_of_an_application_does_not_tell_its_address(client, caplog):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["tokens"]
    token = make_draft().token
    caplog.handler.addFilter(MaskTokens())
    with caplog.at_level(logging.WARNING):
        client.post(f"/vendre/dossier/{token}/structure/", {"siren": "1"})
    assert "/vendre/dossier/" in caplog.text
    assert token not in caplog.text
