"""Style sheets as they are served: each with all that it imports, so that a first visit asks once, not thirty times."""

import re
from posixpath import dirname, join

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRIES = ("css/app.css", "css/panel.css")
IMPORT = re.compile(r'^@import "(?P<path>[^"]+)"(?: layer\((?P<layer>\w+)\))?;$', re.M)


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """Static files hashed by contents and compressed, as whitenoise does it, with `ENTRIES` made whole before that."""

    def post_process(self, paths, dry_run=False, **options):
        """`paths`: {name: (storage, path there)} of all files found; yields as Django's `collectstatic` wants it."""
        if not dry_run:
            whole = {name: bundled(name, paths) for name in ENTRIES if name in paths}
            for name, css in whole.items():
                self.delete(name)
                self.save(name, ContentFile(css))
            paths = paths | {name: (self, name) for name in whole}
        yield from super().post_process(paths, dry_run, **options)


def bundled(name, paths):
    """The style sheet with each import replaced by what stands there, in its layer. An import of what is not raises."""

    def put_in_place(found):
        css = _read(join(dirname(name), found["path"]), paths)
        return f"@layer {found['layer']} {{\n{css}}}" if found["layer"] else css

    return IMPORT.sub(put_in_place, _read(name, paths))


def _read(name, paths):
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
