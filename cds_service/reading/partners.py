"""Partner pairs in running text: 'ETV6::NTRK3', 'ETV6-NTRK3', 'fusion of ETV6 and NTRK3'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cds_service.reading.genes import Genes, Mention

_ORDERED = "::"
# Notations that state a fusion by themselves; all dashes and arrows that laboratories type
_DASHES = r"-\u2010-\u2015\u2212"
_STRONG = re.compile(rf"::|__|[{_DASHES}]{{1,2}}|\u2192|[-=]>")
_SEPARATOR = rf"::|__|[-=]>|\u2192|[{_DASHES}]{{1,2}}|[:/>_]"
_EXON = r"(?::|\s)?(?:ex|exon|e)\.?\s?\d{1,3}"
_SYMBOL = r"[A-Z][A-Z0-9]{1,11}(?:orf\d{1,3})?[A-Z0-9]{0,3}"
# 'NM_152263.3(TPM3):e.8::' and 'ETV6 ex5-' end in a symbol too; 'v' and '?' are unknown partners.
_LEFT = re.compile(
    rf"(?:\((?P<hgvs>{_SYMBOL})\)[^\s()]{{0,30}}?"
    rf"|(?<![A-Za-z0-9])(?P<symbol>{_SYMBOL})(?:{_EXON}|[._]\S{{1,30}}?|\s?\(ex(?:on)?\s?\d{{1,3}}\))?"
    rf"|(?<![A-Za-z0-9])(?P<unknown>[vX?]))\s?(?P<separator>{_SEPARATOR})\s?"
    r"(?:[A-Z]{2}_\d{1,12}(?:\.\d{1,3})?\()?$"
)
_RIGHT = re.compile(
    rf"\)?(?::[ec]\.[\d_+-]{{1,20}}|{_EXON}|\s?\(ex(?:on)?\s?\d{{1,3}}\))?"
    rf"\s?(?P<separator>{_SEPARATOR})\s?"
    rf"(?:[A-Z]{{2}}_\d{{1,12}}(?:\.\d{{1,3}})?\()?(?:(?P<symbol>{_SYMBOL})(?![A-Za-z0-9])|(?P<unknown>[?]))"
)
# '::' joins genes by definition, so what stands beside it is a symbol in small letters too
_SMALL = re.compile(
    r"(?<![A-Za-z0-9.])(?!ex?\d)[a-z][a-z0-9]{1,12}(?=\s?::)|(?<=::)\s?[a-z][a-z0-9]{1,12}"
)
_AND_AFTER = re.compile(
    rf"\s?(?:gene\s)?(?:and|with|to)\s(?:the\s)?(?P<symbol>{_SYMBOL})(?![A-Za-z0-9])"
)
_AND_BEFORE = re.compile(
    rf"(?<![A-Za-z0-9])(?P<symbol>{_SYMBOL})\s(?:gene\s)?(?:and|with|to)\s(?:the\s)?$"
)
# Capital words that stand beside a gene without being one
_NO_GENES = frozenset(
    [
        "DNA",
        "RNA",
        "NGS",
        "IHC",
        "FISH",
        "PCR",
        "RT",
        "QC",
        "NHS",
        "GLH",
        "UK",
        "US",
        "NO",
        "NOT",
        "NON",
        "PAN",
        "PRE",
        "POST",
        "ANTI",
        "GENE",
        "GENES",
        "FUSION",
        "FUSIONS",
        "TEST",
        "RESULT",
        "RESULTS",
        "NEGATIVE",
        "POSITIVE",
        "DETECTED",
        "ABSENT",
        "PRESENT",
        "AND",
        "OR",
        "THE",
        "IN",
        "OF",
        "FOR",
        "WITH",
        "TO",
        "REARRANGED",
        "REARRANGEMENT",
        "FUSED",
        "TRANSLOCATION",
        "SUMMARY",
        "VUS",
        "SNV",
        "CNV",
        "WGS",
        "WTS",
        "EX",
        "EXON",
        "PANEL",
        "TRK",
        "TUMOUR",
        "TUMOR",
        "REPORT",
        "FINAL",
        "CDNA",
        "MRNA",
    ]
)
_WINDOW = 64


@dataclass(frozen=True)
class Pair:
    """A gene of interest and its partner as written."""

    partner: str  # '' when written as unknown
    five_prime: str  # '' unless the order is stated ('::')
    three_prime: str
    strong: bool  # the notation alone states a fusion
    self_fusion: bool


def pair_around(value: str, mention: Mention, genes: Genes) -> Pair | None:
    """The pair that a mention is part of, or None. Looks at a fixed window, so it is linear."""
    gene = mention.genes[0].symbol
    before = value[max(0, mention.start - _WINDOW) : mention.start]
    after = value[mention.end : mention.end + _WINDOW]
    if _ORDERED in before or _ORDERED in after:
        before, after = (_SMALL.sub(lambda m: m[0].upper(), part) for part in (before, after))
    left, right = _LEFT.search(before), _RIGHT.match(after)
    if left is not None:
        symbol = left["hgvs"] or left["symbol"] or ""
        return _pair(symbol, left["separator"], (symbol or "?", gene), gene, genes)
    if right is not None:
        symbol = right["symbol"] or ""
        return _pair(symbol, right["separator"], (gene, symbol or "?"), gene, genes)
    return None


def partner_in_words(value: str, mention: Mention) -> str:
    """The partner of 'fusion of ETV6 and NTRK3', or ''."""
    before = value[max(0, mention.start - _WINDOW) : mention.start]
    after = value[mention.end : mention.end + _WINDOW]
    found = _AND_BEFORE.search(before) or _AND_AFTER.match(after)
    symbol = found["symbol"] if found else ""
    return "" if symbol in _NO_GENES else symbol


def _pair(
    symbol: str, separator: str, order: tuple[str, str], gene: str, genes: Genes
) -> Pair | None:
    if symbol in _NO_GENES:
        return None
    mentions = genes.in_text(symbol)
    itself = bool(mentions) and mentions[0].genes[0].symbol == gene
    ordered = separator == _ORDERED
    return Pair(
        partner=symbol,
        five_prime=order[0] if ordered else "",
        three_prime=order[1] if ordered else "",
        strong=_STRONG.fullmatch(separator) is not None,
        self_fusion=itself,
    )
