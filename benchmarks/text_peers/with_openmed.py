"""OpenMed (its ConText layer) as a reader: its own cues, and its cues with our phrases."""

from __future__ import annotations

from dataclasses import replace

from openmed.clinical.context import assert_context  # type: ignore[import-not-found]
from openmed.clinical.lexicons import (  # type: ignore[import-not-found]
    get_clinical_cue_lexicon,
)
from openmed.clinical.lexicons.context_cues import (  # type: ignore[import-not-found]
    register_clinical_cue_lexicon,
)

from benchmarks.text_peers import protocol

_OURS = {
    "negation": ("negative_before", "negative_after"),
    "pseudo_negation": ("neutral", "not_excluded"),
    "hypothetical": ("conditional", "context", "method", "not_assessed", "other_person"),
    "uncertainty": ("hedge", "not_excluded"),
    "backward": ("negative_after", "not_assessed"),
    "conjunction_terminators": ("boundary", "exception"),
}
_EXTENDED = "xx"  # a language of our own, so that both lexicons are there at once


def _reader(language: str) -> protocol.Reader:
    def read(given: protocol.Given) -> str:
        text = given["text"]
        parts = [(0, len(text))]  # it finds sentences by itself
        spans = [{"start": a, "end": b} for a, b in protocol.targets(given, parts)]
        spans = [{**span, "text": text[span["start"] : span["end"]]} for span in spans]
        said = assert_context(text, spans, language=language) if spans else []
        return protocol.strongest(
            protocol.answer_of(
                negated=gene["negation"] == "negated",
                uncertain=gene["uncertainty"] == "uncertain",
                elsewhere=gene["temporality"] == "hypothetical" or gene["experiencer"] != "patient",
            )
            for gene in said
        )

    return read


def readers(cues: dict[str, list[str]]) -> dict[str, protocol.Reader]:
    """Both ways of using the library."""
    own = get_clinical_cue_lexicon("en")
    more = {
        place: (*getattr(own, place), *(phrase for name in names for phrase in cues[name]))
        for place, names in _OURS.items()
    }
    register_clinical_cue_lexicon(replace(own, language=_EXTENDED, **more))
    return {"own rules": _reader("en"), "with our phrases": _reader(_EXTENDED)}


if __name__ == "__main__":
    protocol.serve(readers)
