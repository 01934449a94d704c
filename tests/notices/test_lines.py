"""Whatever somebody may be told stands on their page as a line, without what only its mail fetches."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from supportnet.notices import previews
from supportnet.notices.models import Notice
from supportnet.notices.page import Page
from tests.cast import now

autodiscover_modules("mails.previews")


@pytest.mark.django_db
@pytest.mark.parametrize("scene", previews._scenes, ids=lambda scene: scene.__name__)
def test_what_comes_of_a_scene_is_a_line_on_each_readers_page(scene):
    at = now()
    with transaction.atomic():
        scene(at)
        later = at + dt.timedelta(days=30)
        readers = {notice.reader for notice in Notice.objects.exclude(reader=None)}
        for reader in readers:
            page = Page(Notice.objects.on_the_page_of(reader, later), before=None, at=later)
            assert [line.text for line in page.lines if not line.text] == []
        transaction.set_rollback(True)
