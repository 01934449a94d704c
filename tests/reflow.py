"""Break what is longer than a line of a template, where no reader of the page notices.

`python -m tests.reflow` rewrites `templates/`. HTML takes a line break for a space, none at all at the edge of a block,
and any number of them between two attributes; a translated text is broken by `blocktranslate trimmed`, whose message is
the same. What is written as it stands (`pre`, `textarea`, scripts, the class "words") is left alone.
"""

import re
import sys
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
WIDEST = 160  # what is not wider stays as it is
GOOD, POOR, LAST, NONE = range(4)
WIDE = 120  # what is broken is broken here, if it can be
BLOCKS = (
    "address|article|aside|blockquote|body|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head"
    "|header|html|legend|li|link|main|meta|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
PIECE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|\s+|[^\s{<>\"']+|.", re.S)
OPENS_BLOCK = re.compile(rf"<({BLOCKS})\b", re.I)
CLOSES_BLOCK = re.compile(rf"</({BLOCKS})\b", re.I)
AS_IT_STANDS = re.compile(r"<(pre|textarea|script|style)\b|\{% (verbatim|comment)\b")
# Within these a line break is seen.
SHOWS_BREAKS = re.compile(r"class=\"[^\"]*\b(words|letter__text)\b")
TRANSLATED = re.compile(r'\{% translate "([^"{}%]+)" %\}')
BLOCK_TRANSLATED = re.compile(
    r"\{% blocktranslate\b(?![^%]*\btrimmed\b)([^%]*)%\}(.*?)\{% endblocktranslate %\}"
)


def reflow(text):
    """The template with no line wider than need be."""
    return "".join(_broken(line) for line in text.splitlines(keepends=True))


def _broken(line):
    bare = line.rstrip("\n")
    if len(bare) <= WIDEST or AS_IT_STANDS.search(bare):
        return line
    indent = bare[: len(bare) - len(bare.lstrip())]
    if bare.lstrip().startswith("{#") and bare.endswith("#}"):
        return "".join(f"{indent}{{# {part} #}}\n" for part in _filled(bare.strip()[2:-2].strip(), WIDE - 6))
    lines = _filled_pieces(_with_trimmed(bare.strip()), len(indent))
    return "".join(f"{indent}{'  ' if number else ''}{part}\n" for number, part in enumerate(lines))


def _with_trimmed(text):
    """Long translated texts by `blocktranslate trimmed`, which may be broken at its spaces."""

    def of_one(found):
        if len(found[0]) <= WIDE - 20 or found[1].strip() != found[1]:
            return found[0]
        return f"{{% blocktranslate trimmed %}} {found[1]} {{% endblocktranslate %}}"

    def of_block(found):
        parts = re.split(r"\{% plural %\}", found[2])
        if len(found[0]) <= WIDE - 20 or any(part != part.strip() or "  " in part for part in parts):
            return found[0]
        inner = " {% plural %} ".join(parts)
        return f"{{% blocktranslate{found[1].rstrip()} trimmed %}} {inner} {{% endblocktranslate %}}"

    return BLOCK_TRANSLATED.sub(of_block, TRANSLATED.sub(of_one, text))


def _filled(words, width):
    """Plain words in lines of at most `width`."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _filled_pieces(text, indent):
    """Broken where one would break it oneself; what is too wide then, before the end of a tag as well."""
    pieces = _pieces(text)
    lines = _fill(_joined(pieces, {GOOD}), WIDE - indent)
    for ranks in ({GOOD, POOR}, {GOOD, POOR, LAST}):
        if any(len(line) > WIDEST - indent - 2 for line in lines):
            lines = _fill(_joined(pieces, ranks), WIDE - indent)
    return lines


def _fill(pieces, room):
    lines = [""]
    for piece, gap, _rank in pieces:
        if lines[-1] and len(lines[-1] + gap + piece) > room:
            lines.append(piece)
        else:
            lines[-1] += gap + piece
    return lines


def _pieces(text):
    """(piece, what stands before it, how good a place that is for a break)."""
    found, state = [], Reading()
    for match in PIECE.finditer(text):
        state.read(match[0], text, match.start(), found)
    return found


def _joined(pieces, ranks):
    """Pieces between which no line is broken, as one."""
    joined = []
    for piece, gap, rank in pieces:
        if joined and rank not in ranks:
            joined[-1] = (joined[-1][0] + gap + piece, *joined[-1][1:])
        else:
            joined.append((piece, gap, rank))
    return joined


class Reading:
    """Where in the markup one is."""

    def __init__(self):
        self.tag = self.quote = self.gap = ""
        self.is_message = self.may_break = self.shows_breaks = False

    def read(self, piece, text, place, found):
        """Note `piece`, which stands at `place` in `text`."""
        if piece.isspace():
            self.gap = piece if self.quote or self._is_kept() else " "
            self.may_break |= not (self.quote or self._is_kept())
            return
        found.append((piece, self.gap, self._rank(piece, text, place, found)))
        self.gap, self.may_break = "", False
        self._go_on(piece)

    def _is_kept(self):
        return self.is_message or self.shows_breaks

    def _rank(self, piece, text, place, found):
        """How good a place for a break stands before `piece`."""
        if self._is_kept():
            return NONE
        if self.may_break or piece == "<" and not self.tag and CLOSES_BLOCK.match(text, place):
            return GOOD
        if (
            self.tag
            and not self.quote
            and (piece.startswith("{%") or piece == ">" and text[place - 1] != "/")
        ):
            return POOR
        is_between_tags = piece.startswith("{%") and not self.tag and found and found[-1][0].endswith("%}")
        return LAST if is_between_tags else NONE

    def _go_on(self, piece):
        if self.tag:
            self.tag += piece
        if piece.startswith("{%"):
            self._note_message(piece)
        elif piece.startswith(("{{", "{#")):
            return
        elif self.quote:
            self.quote = "" if piece == self.quote else self.quote
        elif self.tag and piece in ("'", '"'):
            self.quote = piece
        elif self.tag and piece == ">":
            self.may_break = bool(OPENS_BLOCK.match(self.tag) or CLOSES_BLOCK.match(self.tag))
            self.shows_breaks = bool(SHOWS_BREAKS.search(self.tag))
            self.may_break &= not self.shows_breaks
            self.tag = ""
        elif not self.tag and piece == "<":
            self.tag = "<"
            self.shows_breaks = False

    def _note_message(self, piece):
        if piece.startswith("{% blocktranslate"):
            self.is_message = "trimmed" not in piece
        elif piece.startswith("{% endblocktranslate"):
            self.is_message = False


def main():
    for path in sorted(TEMPLATES.rglob("*.html")):
        before = path.read_text()
        after = reflow(before)
        if after != before:
            path.write_text(after)
            print(path.relative_to(TEMPLATES))
        for number, line in enumerate(after.splitlines(), 1):
            if len(line) > WIDEST:
                print(f"{path}:{number}: still {len(line)} wide", file=sys.stderr)


if __name__ == "__main__":
    main()
