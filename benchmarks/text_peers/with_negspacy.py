"""negspaCy (NegEx) as a reader: its own terms, and its terms with the phrases of our lexicon.

It knows denied and not denied; what is supposed or of another person can only be denied.
"""

from __future__ import annotations

import copy
from typing import Any

import negspacy.negation  # type: ignore[import-not-found]  # noqa: F401
import spacy  # type: ignore[import-not-found]
from negspacy.termsets import termset  # type: ignore[import-not-found]
from spacy.util import filter_spans  # type: ignore[import-not-found]

from benchmarks.text_peers import protocol

_BOTH = ("not_assessed", "context", "method", "other_person", "germline")
_OURS = {
    "preceding_negations": ("negative_before", "conditional", *_BOTH),
    "following_negations": ("negative_after", *_BOTH),
    "pseudo_negations": ("neutral", "not_excluded"),
    "termination": ("boundary", "exception"),
}


def _pipeline(terms: dict[str, list[str]]) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", ";", "\n"]})
    nlp.add_pipe("negex", config={"neg_termset": terms})
    return nlp


def _reader(nlp: Any) -> protocol.Reader:
    def read(given: protocol.Given) -> str:
        doc = nlp.get_pipe("sentencizer")(nlp.make_doc(given["text"]))
        parts = [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
        wanted = protocol.targets(given, parts)
        spans = [doc.char_span(a, b, label="GENE", alignment_mode="expand") for a, b in wanted]
        doc.ents = filter_spans([span for span in spans if span is not None])
        return protocol.strongest(_answer(gene) for gene in nlp.get_pipe("negex")(doc).ents)

    return read


def _answer(gene: Any) -> str:
    return protocol.answer_of(negated=gene._.negex, uncertain=False, elsewhere=False)


def readers(cues: dict[str, list[str]]) -> dict[str, protocol.Reader]:
    """Both ways of using the library."""
    own = copy.deepcopy(
        termset("en_clinical").get_patterns()
    )  # the next line changes the library's
    more = termset("en_clinical")
    ours = {place: [p for name in names for p in cues[name]] for place, names in _OURS.items()}
    more.add_patterns(ours)
    pipelines = {
        "own rules": _pipeline(own),
        "with our phrases": _pipeline(more.get_patterns()),
    }
    return {name: _reader(nlp) for name, nlp in pipelines.items()}


if __name__ == "__main__":
    protocol.serve(readers)
