"""The scoring of the HTTP Observatory, for what a site like ours can be marked for.

From its documentation ("HTTP Observatory Scoring Methodology" on MDN): a site starts with 100; what it lacks is taken
off; if 90 are left, what it does beyond the ordinary is added.
"""

import re
from http.cookies import SimpleCookie

SIX_MONTHS = 15_768_000
FOR_EXTRAS = 90
GRADES = {100: "A+", 90: "A", 85: "A-", 80: "B+", 70: "B", 65: "B-", 60: "C+", 50: "C", 0: "D+ or worse"}
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def grade(headers, cookies, html, redirected_to, host):
    """(score, grade) of the page at `/`: its headers, its Set-Cookie lines, and where plain HTTP leads."""
    headers = {name.lower(): value for name, value in headers.items()}
    csp = directives(headers.get("content-security-policy", ""))
    modifiers = [
        content_security_policy(csp),
        cookie_flags(cookies, headers),
        -50 if headers.get("access-control-allow-origin") == "*" else 0,
        0 if redirected_to.startswith(f"https://{host}/") else -20,
        referrer(headers.get("referrer-policy")),
        transport_security(headers.get("strict-transport-security", "")),
        scripts(html, host),
        0 if headers.get("x-content-type-options") == "nosniff" else -5,
        framing(csp, headers),
        10 if headers.get("cross-origin-resource-policy") in {"same-origin", "same-site"} else 0,
    ]
    score = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    if score >= FOR_EXTRAS:
        score += sum(modifier for modifier in modifiers if modifier > 0)
    return score, next(letter for least, letter in GRADES.items() if score >= least)


def directives(policy):
    """{directive: its sources} of a Content-Security-Policy."""
    return {
        name: set(sources) for name, *sources in (part.split() for part in policy.split(";") if part.strip())
    }


def content_security_policy(csp):
    """From +10 (nothing by default, nothing unsafe) to -25 (none)."""
    if not csp:
        return -25
    default = csp.get("default-src", {"*"})
    script, objects, style = (csp.get(name, default) for name in ("script-src", "object-src", "style-src"))
    if script & (BROAD | {"'unsafe-inline'", "data:"}) or objects & BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for sources in csp.values() for source in sources):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if style & (BROAD | {"'unsafe-inline'", "data:"}):
        return 0
    return 10 if csp.get("default-src") == {"'none'"} else 5


def cookie_flags(lines, headers):
    """+5 where each cookie is Secure, HttpOnly and SameSite; 0 without any."""
    cookies = [morsel for line in lines for morsel in SimpleCookie(line).values()]
    if any(not cookie["secure"] for cookie in cookies):
        return -10 if "strict-transport-security" in headers else -40
    if any(not cookie["httponly"] for cookie in cookies):
        return -30
    sites = {cookie["samesite"].lower() for cookie in cookies}
    if sites - {"", "lax", "strict"}:
        return -20
    return 5 if sites and "" not in sites else 0


def referrer(policy):
    """+5 for one that tells other sites at most who we are."""
    if policy is None:
        return 0
    return 5 if {word.strip() for word in policy.split(",")} <= PRIVATE_REFERRERS else -5


def transport_security(header):
    """Nothing is given for six months, and 10 are taken for less."""
    seconds = re.search(r"max-age=(\d+)", header)
    if not seconds:
        return -20
    return 0 if int(seconds[1]) >= SIX_MONTHS else -10


def scripts(html, host):
    """Nothing is taken as long as every script comes from the site itself."""
    sources = re.findall(r'<script[^>]+src="([^"]+)"', html)
    foreign = [source for source in sources if re.match(r"(\w+:)?//", source) and f"//{host}/" not in source]
    return -5 if foreign else 0


def framing(csp, headers):
    """+5 where the policy itself says who may show us in a frame."""
    ancestors = csp.get("frame-ancestors")
    if ancestors and not ancestors & BROAD:
        return 5
    return 0 if headers.get("x-frame-options", "").upper() in {"DENY", "SAMEORIGIN"} else -20
