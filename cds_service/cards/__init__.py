"""Assessment -> CDS Hooks card, in the words of cards/."""

from cds_service.cards.card import Names, TaskBuilder
from cds_service.cards.reasons import load_reasons
from cds_service.cards.schema import ResponseSchema
from cds_service.cards.templates import count_words
from cds_service.cards.writer import CardWriter

__all__ = ["CardWriter", "Names", "ResponseSchema", "TaskBuilder", "count_words", "load_reasons"]
