"""medspaCy (ConText) as a reader: its own rules, and its rules with the phrases of our lexicon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import medspacy  # type: ignore[import-not-found]
from medspacy.context import ConTextRule  # type: ignore[import-not-found]
from spacy.util import filter_spans  # type: ignore[import-not-found]

from benchmarks.text_peers import protocol

# Class of the lexicon -> category and direction of a ConText rule
_RULES = {
    "negative_before": ("NEGATED_EXISTENCE", "FORWARD"),
    "negative_after": ("NEGATED_EXISTENCE", "BACKWARD"),
    "not_assessed": ("HYPOTHETICAL", "BIDIRECTIONAL"),
    "hedge": ("POSSIBLE_EXISTENCE", "BIDIRECTIONAL"),
    "not_excluded": ("POSSIBLE_EXISTENCE", "BIDIRECTIONAL"),
    "conditional": ("HYPOTHETICAL", "FORWARD"),
    "context": ("HYPOTHETICAL", "BIDIRECTIONAL"),
    "method": ("HYPOTHETICAL", "BIDIRECTIONAL"),
    "other_person": ("FAMILY", "BIDIRECTIONAL"),
    "germline": ("FAMILY", "BIDIRECTIONAL"),
    "neutral": ("NEGATED_EXISTENCE", "PSEUDO"),
}
_ENDS = ("boundary", "exception")


def _pipeline() -> Any:
    return medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_context"])


def _reader(nlp: Any) -> protocol.Reader:
    context = nlp.get_pipe("medspacy_context")

    def read(given: protocol.Given) -> str:
        if not given["text"].strip():
            return "nothing"
        doc = nlp.get_pipe("medspacy_pyrush")(nlp.make_doc(given["text"]))
        parts = [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
        wanted = protocol.targets(given, parts)
        spans = [doc.char_span(a, b, label="GENE", alignment_mode="expand") for a, b in wanted]
        doc.ents = filter_spans([span for span in spans if span is not None])
        return protocol.strongest(_answer(gene) for gene in context(doc).ents)

    return read


def _answer(gene: Any) -> str:
    said = gene._
    return protocol.answer_of(
        negated=said.is_negated,
        uncertain=said.is_uncertain,
        elsewhere=said.is_hypothetical or said.is_family,
    )


def _ours(cues: dict[str, list[str]]) -> Iterator[Any]:
    for name, (category, direction) in _RULES.items():
        for phrase in cues[name]:
            yield ConTextRule(literal=phrase, category=category, direction=direction)
    for name in _ENDS:
        for phrase in cues[name]:
            for category in ("NEGATED_EXISTENCE", "HYPOTHETICAL", "POSSIBLE_EXISTENCE"):
                yield ConTextRule(literal=phrase, category=category, direction="TERMINATE")


def readers(cues: dict[str, list[str]]) -> dict[str, protocol.Reader]:
    """Both ways of using the library."""
    extended = _pipeline()
    extended.get_pipe("medspacy_context").add(list(_ours(cues)))
    return {"own rules": _reader(_pipeline()), "with our phrases": _reader(extended)}


if __name__ == "__main__":
    protocol.serve(readers)
