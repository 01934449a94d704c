"""The ids of rows as browsers send them: what no database could look up is none."""


def typed_id(text, *, digits=18):
    """The id that `text` says, or None: of at most 18 ASCII digits, which fit into 64 bits."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
