"""What a browser asks for on a first visit: few files, and short ones."""

import gzip

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from supportnet.style_sheets import ENTRIES, IMPORT

STATIC = settings.ROOT / "static"


@pytest.mark.parametrize("name", ENTRIES)
def test_a_style_sheet_is_served_with_all_that_it_imports(name, collected, client):
    response = client.get(staticfiles_storage.url(name))
    served = b"".join(response.streaming_content).decode()

    imports = list(IMPORT.finditer((STATIC / name).read_text()))
    assert imports and "@import" not in served
    for found in imports:
        css = (STATIC / "css" / found["path"]).read_text()
        assert (f"@layer {found['layer']} {{\n{css}}}" if found["layer"] else css) in served


def test_its_layers_are_named_in_their_order_before_any_of_them(collected, client):
    response = client.get(staticfiles_storage.url("css/app.css"))
    served = b"".join(response.streaming_content).decode()

    assert served.index("@layer reset, tokens, base") < served.index("@layer reset {")


@pytest.mark.django_db
def test_a_page_comes_compressed_to_whoever_reads_that(client):
    plain, packed = client.get("/"), client.get("/", headers={"accept-encoding": "gzip"})

    assert "Content-Encoding" not in plain and packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"SupportNet" in gzip.decompress(packed.content)
    assert "Accept-Encoding" in packed["Vary"]
