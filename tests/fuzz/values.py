"""What people, programs and malice type: values at and beyond the edges of every kind of field."""

EMPTY = ("", " ", "\t", "\u00a0", "\u200b")
WORDS = (
    "Soup\x00and bread",
    "Soup\x07\x1b[31m",
    "Soup\r\nBcc: everybody@example.org",
    "\u202eevil\u202c",  # right-to-left override
    "So\u00adup",  # soft hyphen
    "\ud83d",  # a lone surrogate, as some clients send it
    "\udfff\ud800",
    "\U0001f372\U0010ffff",  # astral
    "e" + "\u0301" * 500,
    "<script>alert(1)</script>&\"'",
    "{{ 7|add:7 }}{% now 'Y' %}%(name)s{0}%s",
    "' OR 1=1 --",
    "../../etc/passwd",
    "\\",
    "x" * 70_000,
)
NUMBERS = (
    *(
        "0",
        "-1",
        "1.5",
        "+1",
        "1e3",
        "1e999",
        "-1e999",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "٣",
        "３",
        "²",
        "½",
    ),
    *("2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "9" * 500),
    "9" * 5000,  # more digits than Python turns into a number
)
DATES = (
    *("0001-01-01", "9999-12-31", "10000-01-01", "2027-02-31", "2027-02-29", "2028-02-29", "0000-00-00"),
    *("1970-01-01", "٢٠٢٨-٠٢-٢٩", "2027-13-01", "-2027-01-01", "31/02/2027"),
    # When the clocks change in Lisbon: 01:30 does not exist, or exists twice.
    *("2027-03-28", "2027-10-31"),
)
TIMES = ("24:00", "23:59:59.999999", "00:00", "25:61", "01:30", "02:30", "noon", "1:2", "-01:00")
MOMENTS = (
    *("0001-01-01T00:00", "9999-12-31T23:59", "2027-03-28T01:30", "2027-10-31T01:30", "2027-02-30T10:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
)
# Where one is led: `next` and the like.
PLACES = (
    "x",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\x00",
    "?",
    "#",
    "home",
)
ADDRESSES = (
    "a@b",
    "a@b.c\r\nBcc: d@example.org",
    "ü@example.org",
    "a@" + "x" * 250 + ".org",
    '"a b"@example.org',
    "a@[127.0.0.1]",
)
STRANGE = (*EMPTY, *WORDS, *NUMBERS, *DATES, *TIMES, *MOMENTS, *PLACES, *ADDRESSES)
JSON = (
    "null",
    "[]",
    "{}",
    "1",
    '"\\ud83d"',
    '{"id": "\\ud83d", "rawId": 1}',
    "[" * 100_000,
    '{"a":' * 5000,
    "1e999",
    "NaN",
)
BY_KIND = {
    "number": (*NUMBERS, *EMPTY),
    "date": (*DATES, *NUMBERS, *EMPTY),
    "time": (*TIMES, *EMPTY),
    "datetime-local": (*MOMENTS, *DATES, *EMPTY),
    "email": (*ADDRESSES, *WORDS, *EMPTY),
    "text": (*WORDS, *DATES, *EMPTY),
    "textarea": (*WORDS, *DATES, *EMPTY),
    "hidden": (*STRANGE, *JSON),
}


def edges_of(kind, attributes):
    """Values at and beyond the edges of a field; what is one too long, one too much, one too little."""
    edges = [*BY_KIND.get(kind, STRANGE)]
    if longest := attributes.get("maxlength"):
        edges += ["é" * int(longest), "é" * (int(longest) + 1), "🍲" * int(longest)]
    for bound, step in (("min", -1), ("max", 1)):
        if attributes.get(bound, "").lstrip("-").isdecimal():
            edges += [attributes[bound], str(int(attributes[bound]) + step)]
    return edges
