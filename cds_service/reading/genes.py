"""Codes, symbols and aliases -> genes of the value sets, in concepts and in running text.

Identity is a set: every coding is resolved by code and by display, and the two are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cds_service.codes import HGNC, Code
from cds_service.domain import Entry, Gene, ValueSet
from cds_service.reading.fhir_json import codings, obj, text
from cds_service.reading.lexicon import folded

_GENE_SYSTEMS = frozenset({HGNC, "ncbi-gene", "ensembl"})
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]*(?:orf\d+)?(?:-[A-Z0-9]+)?(?![A-Za-z0-9])")
# A symbol ends where its letters end, or where an exon is glued to it: 'NTRK1ex10'
_END = r"(?=[^A-Za-z0-9]|$|ex(?:on)?\s?\d)"
_VERSION = re.compile(r"(?<=\d)\.\d+$")  # 'NM_002529.3' is a version of NM_002529
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_TURKISH = {
    ord("\u0131"): "i",
    ord("\u0130"): "I",
}  # small and capital letters made on such a system


def plain(value: str) -> str:
    """Text in one spelling: compatibility forms folded, invisible characters removed."""
    return unicodedata.normalize("NFKC", value).translate(_INVISIBLE | _TURKISH)


@dataclass(frozen=True)
class Mention:
    """A gene of interest named in text; several genes when a list such as 'NTRK1/2/3' is one."""

    genes: tuple[Gene, ...]
    start: int
    end: int


@dataclass(frozen=True)
class NamedGene:
    """What one concept says about a gene."""

    gene: Gene | None  # of interest, else None
    symbol: str  # as sent; '' when only an identifier is known
    coded: bool = False  # named by a code, not by words alone
    contradiction: bool = False  # codes and displays name different genes


class Genes:
    """Recognises the genes of the guidelines' value sets."""

    def __init__(self, value_sets: Sequence[ValueSet]) -> None:
        entries = [entry for value_set in value_sets for entry in value_set.entries]
        include = [entry for entry in entries if entry.listing == "include"]
        symbols = {entry.display for entry in include}
        self._genes = {name: Gene(name, frozenset({name})) for name in symbols}
        self._by_code = {entry.code: self._genes[entry.display] for entry in include}
        self._by_word = {
            folded(word): self._genes[entry.display]
            for entry in include
            for word in (entry.display, *entry.words)
        }
        self._families = [
            self._family(entry, symbols) for entry in entries if entry.listing == "family"
        ]
        denied = [w for e in entries if e.listing == "deny" for w in (e.display, *e.words)]
        self._pattern = self._compile(denied)

    def _family(self, entry: Entry, symbols: Iterable[str]) -> tuple[Gene, tuple[str, ...]]:
        members = frozenset(name for name in symbols if name.startswith(entry.display))
        return Gene(entry.display, members), (entry.display, *entry.words)

    def _compile(self, denied: Iterable[str]) -> re.Pattern[str]:
        """One alternation: look-alikes first, then numbered lists, then words, longest first."""
        words = [w for _, names in self._families for w in names] + list(self._by_word)
        heads = [n for g, names in self._families for n in (g.symbol, *names) if _numbered(n, g)]
        lists = "|".join(map(_spaced, dict.fromkeys(heads))) or r"(?!)"
        # 'NTRK1/2/3', 'NTRK1, NTRK2 and NTRK3', 'NTRK1-3'; a hyphen before a symbol is a partner
        comma = rf"\s{{0,2}}(?:/|,|&)?\s{{0,2}}(?:and\b|or\b|/|,|&)?\s{{0,2}}(?:(?:{lists})\s?)?"
        more = rf"(?:(?=\s{{0,2}}(?:/|,|&|and\b|or\b)){comma}\d(?!\d)){{0,5}}"
        numbers = rf"\d(?:\s?[-\u2013]\s?\d(?!\d)|{more})"
        numbered = rf"(?P<family>{lists})[\s(-]{{0,2}}(?P<numbers>{numbers}){_END}"
        deny = "|".join(re.escape(w) for w in sorted(set(denied), key=len, reverse=True)) or r"(?!)"
        plain_words = "|".join(map(_spaced, sorted(set(words), key=len, reverse=True)))
        return re.compile(
            rf"(?<![A-Za-z0-9])(?:(?P<deny>{deny})|{numbered}|(?P<word>{plain_words}){_END})",
            re.IGNORECASE,
        )

    def in_text(self, value: str) -> list[Mention]:
        """Every gene of interest named in a text, in order."""
        found = (self._mention(match) for match in self._pattern.finditer(value))
        return [mention for mention in found if mention is not None]

    def are_in(self, value: str) -> bool:
        """True when a text names a gene of interest, in any spelling; fast where it names none."""
        value = plain(value)
        words = value.casefold()
        return ("trk" in words or "kinase" in words) and bool(self.in_text(value))

    def _mention(self, match: re.Match[str]) -> Mention | None:
        if match["deny"]:
            return None
        if match["family"]:
            genes = self._numbered(match["family"], match["numbers"])
        else:
            genes = self._worded(match["word"])
        return Mention(genes, match.start(), match.end()) if genes else None

    def _numbered(self, family: str, numbers: str) -> tuple[Gene, ...]:
        digits = [int(d) for d in re.findall(r"\d", numbers)]
        if re.fullmatch(r"\d\s*[-\u2013]\s*\d", numbers):
            digits = list(range(digits[0], digits[1] + 1))
        symbol = next(g.symbol for g, names in self._families if _among(family, names))
        names = [f"{symbol}{digit}" for digit in dict.fromkeys(digits)]
        return tuple(self._genes[name] for name in names if name in self._genes)

    def _worded(self, word: str) -> tuple[Gene, ...]:
        gene = self._by_word.get(folded(word))
        return (gene or next(g for g, names in self._families if _among(word, names)),)

    def family_of(self, genes: Sequence[Gene]) -> Gene:
        """One gene for several that were named as alternatives ('NTRK1/2/3')."""
        members = frozenset().union(*(gene.members for gene in genes))
        if len(genes) == 1:
            return genes[0]
        for family, _ in self._families:
            if members <= family.members:
                return Gene(family.symbol, members)
        return Gene("/".join(sorted(members)), members)

    def of_concept(self, concept: object) -> NamedGene | None:
        """The gene that a CodeableConcept names, by all its codings and its text."""
        read = (self.of_coding(coding) for coding in codings(concept))
        named = [item for item in read if item is not None]
        worded = self._of_words(text(obj(concept).get("text")))
        return _together(named, worded)

    def of_coding(self, coding: object) -> NamedGene | None:
        """The gene that one coding names, by code and by display."""
        raw, display = text(obj(coding).get("code")), plain(text(obj(coding).get("display")))
        code = Code.of(text(obj(coding).get("system")), raw)
        by_code = self._by_code.get(code) or self._only_gene(raw)
        worded = self._of_words(display)
        if by_code is None:
            return _without_code(worded or NamedGene(None, ""), code)
        wrong = worded is not None and worded.gene != by_code and not _full_name(display, by_code)
        return NamedGene(by_code, by_code.symbol, True, wrong)

    def _only_gene(self, raw: str) -> Gene | None:
        """A symbol sent as the code itself."""
        return self._by_word.get(_VERSION.sub("", raw.casefold()))

    def _of_words(self, value: str) -> NamedGene | None:
        value = plain(value)
        mentions = self.in_text(value)
        if mentions:
            genes = [gene for mention in mentions for gene in mention.genes]
            gene = self.family_of(list(dict.fromkeys(genes)))
            return NamedGene(gene, gene.symbol)
        symbol = _SYMBOL.match(value)
        return NamedGene(None, symbol.group() if symbol else "") if value else None


def _numbered(word: str, family: Gene) -> bool:
    """'NTRK 1' and 'neurotrophic receptor tyrosine kinase 1' are genes, 'pan-TRK 3+' a stain."""
    return word == family.symbol or " " in word


def _among(word: str, names: Iterable[str]) -> bool:
    return folded(word) in map(folded, names)


def _spaced(word: str) -> str:
    """A name of several words, whatever white space stands between them."""
    return re.escape(word).replace(r"\ ", r"\s{1,3}")


def _without_code(worded: NamedGene, code: Code) -> NamedGene | None:
    """The display of a coding whose code is that of no gene of interest."""
    foreign = code.system in _GENE_SYSTEMS
    if worded.gene is not None:
        wrong = foreign and bool(code.code)
        return replace(worded, coded=wrong, contradiction=wrong)
    return replace(worded, coded=foreign) if foreign or worded.symbol else None


def _full_name(display: str, gene: Gene) -> bool:
    """'neurotrophic receptor tyrosine kinase 1' names NTRK1 as well as its symbol does."""
    words = display.casefold()
    return "neurotroph" in words and words.rstrip(")").endswith(gene.symbol[-1])


def _together(named: Sequence[NamedGene], worded: NamedGene | None) -> NamedGene | None:
    """All codings of a concept and its text as one statement."""
    everything = [*named, *([worded] if worded else [])]
    if not everything:
        return None
    genes = {item.gene for item in everything if item.gene is not None}
    strangers = any(item.gene is None and item.coded for item in named)
    best = next((item for item in everything if item.gene is not None), everything[0])
    wrong = len(genes) > 1 or bool(genes and strangers) or any(i.contradiction for i in everything)
    coded = any(item.coded and item.gene == best.gene for item in everything)
    symbol = best.symbol or next((i.symbol for i in everything if i.symbol), "")
    return NamedGene(best.gene, symbol, coded, wrong)
