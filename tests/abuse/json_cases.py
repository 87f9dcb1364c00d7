"""Texts that are JSON, are none, or on which readers differ: cases of our own, by class.

What a reader must accept (YES), must refuse (NO), or may do either with (MAY) follows RFC 8259.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

YES, NO, MAY = "accept", "refuse", "either"
Cases = Mapping[str, tuple[bytes, ...]]

_DEEP = 100_000

ACCEPTED: Cases = MappingProxyType(
    {
        "numbers": (
            *(b"0", b"-0", b"7", b"-12", b"3.25", b"-0.5", b"1e3", b"1E3", b"1e+3", b"2e-7"),
            *(b"0e0", b"0E+5", b"1.5e-300", b"9007199254740993", b"-9223372036854775809"),
            *(b"0.1234567890123456789012345678901234567890", b"1e-400", b"123456789" * 30),
        ),
        "strings": (
            *(b'""', b'"a"', b'" "', b'"\\""', b'"\\\\"', b'"\\/"', b'"/"', b'"\\b\\f\\n\\r\\t"'),
            *(b'"\\u0000"', b'"\\u001f"', b'"\\uFFFF"', b'"\\uFDD0"', b'"\\u200b"', b'"\\u2028"'),
            *(b'"\\ud83d\\udE00"', b'"\\uD834\\uDd1e\\u0061"', b'"\x7f"', b'"\xc2\x80"'),
            *('"\u2028\u2029"'.encode(), '"\U0010ffff"'.encode(), '"\ufeff"'.encode()),
            *('"caf\u00e9 \u65e5\u672c \U0001f9ec"'.encode(), b'"\\\\u0041"', b'"\\\\ud800"'),
            b'"' + b"a" * 100_000 + b'"',
        ),
        "literals": (b"true", b"false", b"null"),
        "arrays": (
            *(b"[]", b"[ ]", b"[[]]", b"[[],[]]", b"[1,2]", b"[1 , 2]", b'[null,1,"a",{}]'),
            b"[" * 100 + b"]" * 100,
            b"[" + b"1," * 10_000 + b"1]",
        ),
        "objects": (
            *(b"{}", b"{ }", b'{"a":1}', b'{"":0}', b'{"a":{"b":{"c":[]}}}', b'{"\\u0061":1}'),
            *(b'{"a\\u0000b":1}', b'{"__proto__":{"a":1}}', b'{"constructor":1}', b'{"0":0}'),
            *(b'{"a":1,"a":2}', b'{"a":{"b":1},"a":{"b":1}}', b'{"a":1,"\\u0061":2}'),
            b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(2_000)) + b"}",
        ),
        "whitespace": (b" 1", b"1 ", b"\t\r\n 1 \n", b"[\t1\r,\n2 ]", b' { "a" : 1 } '),
    }
)
REFUSED: Cases = MappingProxyType(
    {
        "numbers": (
            *(b"NaN", b"nan", b"-NaN", b"Infinity", b"-Infinity", b"+Infinity", b"Inf", b"inf"),
            *(
                b"+1",
                b"++1",
                b"--1",
                b"- 1",
                b"-",
                b"+",
                b"-a",
                b"01",
                b"-01",
                b"00",
                b"012",
                b"1.",
            ),
            *(b"-1.", b".5", b"-.5", b".", b"1.e3", b".e1", b"1e", b"1e+", b"1e-", b"1E", b"1eE2"),
            *(b"1e1.5", b"e3", b"0x1F", b"0xg", b"0b1", b"0o7", b"1_000", b"1,5", b"1 000", b"1a"),
            *(b"1.2.3", b"0.1.", b"1+2", b"1-2", b"2e3e4", b"1f", b"1L", b"1n", b"\xc2\xbd"),
            *("\uff11".encode(), "\u0661".encode(), b"-\xe2\x88\x9e", b"1/2", b"$1", b"1%"),
        ),
        "strings": (
            *(b"'a'", b'"a', b'a"', b'"', b'"\\"', b'"\\', b"a", b"\xc3\xa9", b"\\n", b'\\"a"'),
            *(b'"\\a"', b'"\\x00"', b'"\\0"', b'"\\\'"', b'"\\ "', b'"\\\n"', b'"\\U0041"'),
            *(b'"\\u"', b'"\\u0"', b'"\\u00"', b'"\\u000"', b'"\\u00g0"', b'"\\u 041"'),
            *(b'"\\u+041"', b'"\\ud800\\u"', b'"\\ud800\\u1"', b'"\\ud800\\"', b'"\\ud800\\x"'),
            *(b'"\n"', b'"\t"', b'"\r"', b'"\x00"', b'"\x1f"', b'"\x1b[31m"', b'"a" "b"'),
            *(b'"a""b"', b'"a"b', b"`a`", b'"""a"""', b"\xe2\x80\x9ca\xe2\x80\x9d", b'u"a"'),
        ),
        "literals": (
            *(b"True", b"TRUE", b"tru", b"truee", b"False", b"fals", b"None", b"NULL", b"nul"),
            *(b"nulll", b"undefined", b"nil", b"yes", b"true false", b"truenull", b"t", b"n"),
        ),
        "arrays": (
            *(b"[", b"[1", b"[1,", b"[,]", b"[,1]", b"[1,]", b"[1,,2]", b"[1 2]", b'["a" "b"]'),
            *(b"[1;2]", b"[1:2]", b"[a]", b"[1}", b"[1)", b"(1)", b"[[]", b"[[1]", b"[1\n,\n1\n,"),
            *(b"[*]", b"[...]", b"[1]]]]", b"[/*a*/1]", b"[1 //a\n]", b"[\x00]", b"[\x0c1]"),
            *(b"[\\u000a1]", b'["a",\n4\n,1,', b"[-]", b'[""', b"[{}", b"[true", b"[1]["),
        ),
        "objects": (
            *(b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b'{,"a":1}', b"{,}"),
            *(b'{"a":1,,"b":2}', b'{"a" 1}', b'{"a"=1}', b'{"a":1 "b":2}', b'{"a"::1}', b'{"a":}'),
            *(b"{:1}", b"{a:1}", b"{'a':1}", b"{1:1}", b"{null:1}", b"{[]:1}", b"{true:1}"),
            *(b'{"a":1]', b'{"a"}', b'{"a","b"}', b'{"a":1;"b":2}', b'{"a":1/*b*/}', b'{"a":1}#'),
            *(b'{"a":1}//', b"{{}}", b'{"a":"b"', b'{"a":"b', b'{"a', b'{"', b'{"a":[}', b"{[}"),
        ),
        "structure": (
            *(b"{}}", b"{}{}", b"[]{}", b"{}x", b"{};", b"]", b"}", b":", b"/", b"//", b"/**/"),
            *(b"<a/>", b"<html>", b"%", b"\\", b"*", b"&", b"@", b"#{}", b"!", b"$", b"---\na: 1"),
            *(
                b"{}\x00",
                b"\x00{}",
                b"{}\x1a",
                b"{}\xc2\xa0",
                b"\xe2\x80\x8b{}",
                b"\x0b1",
                b"\xc2\x851",
            ),
            *(b"[" * _DEEP, b'{"a":' * _DEEP, b'[{"":' * (_DEEP // 2), b"[" * _DEEP + b"]" * _DEEP),
        ),
    }
)
EITHER: Cases = MappingProxyType(
    {
        "numbers": (
            *(b"1e999", b"-1e999", b"1e309", b"123123e100000", b"-0e99999", b"0.4e006699999"),
            *(b"9" * 309, b"-" + b"9" * 5_000, b"1" + b"0" * 100_000, b"0." + b"1" * 100_000),
            *(b"1e-100000", b"1e" + b"9" * 400, b"-1e-" + b"9" * 400),
        ),
        "strings": (
            *(b'"\\ud800"', b'"\\udfff"', b'"\\ud800a"', b'"\\udc00\\ud800"', b'"\\ud800\\ud800"'),
            *(b'"\\uD888\\u1234"', b'"\\ud83d\\n"', b'"\\\\\\ud83d"', b'{"\\ud800":1}'),
        ),
        "encodings": (
            *(b'"\xff"', b'"\xc0\xaf"', b'"\x80"', b'"\xbf"', b'"\xe0\x80\xaf"', b'"\xc3"'),
            *(b'"\xed\xa0\x80"', b'"\xed\xa0\xbd\xed\xb8\x80"', b'"\xf4\x90\x80\x80"', b'"\xf8"'),
            *(b'"\xfc\x83\xbf\xbf\xbf\xbf"', b'"\xe6\x97"', b'"caf\xe9"', b'{"\xff":1}', b"\xe9"),
            *("1".encode("utf-16"), "1".encode("utf-16-le"), "[]".encode("utf-16-be")),
            *('"\u00e9"'.encode("utf-16"), "{}".encode("utf-32"), "{}".encode("utf-32-be")),
            *(b"\xef\xbb\xbf{}", b"\xef\xbb\xbf", b"\xef\xbb{}", b"\xff\xfe", b"+AHsAfQ-"),
        ),
        "structure": (b"[" * 500 + b"]" * 500, b'{"a":' * 400 + b"1" + b"}" * 400),
    }
)


def cases() -> list[tuple[str, str, bytes]]:
    """Verdict, class and text of every case."""
    tables = ((YES, ACCEPTED), (NO, REFUSED), (MAY, EITHER))
    return [
        (verdict, kind, text)
        for verdict, table in tables
        for kind, texts in table.items()
        for text in texts
    ]
