"""A replay finds what is not as it was: it can fail, and it names the place or the reason."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest

from cds_service.doors.kept_input import digest
from cds_service.doors.replaying import Replayer
from cds_service.knowledge import data_dir
from cds_service.settings import Settings
from tests.records.conftest import BOTH, SECRET, Site, told

Record = dict[str, Any]
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def decision(site: Site) -> tuple[Record, bytes]:
    site.record(BOTH)
    return site.shelf.decisions[-1]


def rewritten(decision: tuple[Record, bytes], old: bytes, new: bytes) -> tuple[Record, bytes]:
    """Another kept input, and a record that names it as its own."""
    record, content = decision
    plain = zlib.decompress(content)
    assert old in plain
    forged = zlib.compress(plain.replace(old, new))
    return record | {"input": digest(forged)}, forged


def test_the_decision_is_the_same_as_long_as_nothing_is_touched(
    decision: tuple[Record, bytes], replayer: Replayer
) -> None:
    replayed = replayer.replay(*decision)
    assert told(replayed).startswith("same: the card is the same, byte for byte; ")
    assert replayed.assessment
    assert replayed.assessment.recommendation == "trk-inhibitor-option"


# --- what cannot be repeated --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"input": "0" * 64}, "the kept input is not the one that the record names"),
        ({"secretId": "00000000"}, "it was made with another secret (00000000) than CDS_SECRET"),
        ({"service": "0.0.1"}, "it was made by version 0.0.1; this is "),
        ({"contentHash": "1" * 64}, f"with content hash {'1' * 64}"),
        ({"guideline": "another"}, "neither loaded nor released: another"),
        ({"failed": "internal-error"}, "the service failed in this call"),
        ({"today": "yesterday"}, "the record lacks what is needed"),
        ({"nation": "atlantis"}, "the record lacks what is needed"),
    ],
)
def test_what_cannot_be_repeated_says_why(
    decision: tuple[Record, bytes], replayer: Replayer, changes: Record, why: str
) -> None:
    record, content = decision
    replayed = replayer.replay(record | changes, content)
    assert told(replayed).startswith("cannot be repeated: ")
    assert why in replayed.why
    assert replayed.assessment is None


@pytest.mark.parametrize("name", ["service", "secretId", "contentHash", "today", "userId", "site"])
def test_a_record_without_a_member_cannot_be_repeated(
    decision: tuple[Record, bytes], replayer: Replayer, name: str
) -> None:
    record, content = decision
    del record[name]
    assert told(replayer.replay(record, content)) == (
        "cannot be repeated: the record lacks what is needed"
    )


def test_another_secret_cannot_repeat_it(decision: tuple[Record, bytes]) -> None:
    other = Settings(secret=b"another secret that is long enough too")
    replayer = Replayer(other, data_dir("knowledge"), data_dir("cards"))
    assert "with another secret" in replayer.replay(*decision).why


def test_an_input_that_was_not_kept_or_is_gone_is_told_apart(
    decision: tuple[Record, bytes], replayer: Replayer
) -> None:
    record, _ = decision
    gone = replayer.replay(record, b"")
    assert told(gone) == "cannot be repeated: the input that was kept for it is gone"
    del record["input"]
    never = replayer.replay(record, b"")
    assert told(never) == "cannot be repeated: its input was not kept (CDS_KEEP_INPUT)"


def test_an_input_that_was_changed_is_not_believed(
    decision: tuple[Record, bytes], replayer: Replayer
) -> None:
    record, content = decision
    changed = zlib.compress(zlib.decompress(content).replace(b"HGNC:8031", b"HGNC:8032"))
    assert "its digest differs" in replayer.replay(record, changed).why
    damaged = content[:-4]
    unreadable = replayer.replay(record | {"input": digest(damaged)}, damaged)
    assert told(unreadable) == "cannot be repeated: the kept input cannot be read"


# --- what differs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b'"confirmed"', b'"refuted"', "states.diagnosis"),
        (b'"LA9633-4"', b'"LA9634-2"', "states.fusion"),
        (b'"NTRK1"', b'"ntrk1"', "references[1].digest"),
        (b"trk inhibitor", b"TRK inhibitor", "card.source.topic.display"),
        (b"synthetic-1", b"synthetic-9", "references[0].ref"),
        (b"larotrectinib-england-ta630", b"larotrectinib-england-ta631", "accessEvents[1]"),
    ],
)
def test_another_input_gives_another_decision_and_the_place_is_named(
    decision: tuple[Record, bytes], replayer: Replayer, old: bytes, new: bytes, place: str
) -> None:
    replayed = replayer.replay(*rewritten(decision, old, new))
    assert told(replayed) == f"differs: the decision differs at {place}"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("states", {"alive": "yes"}),
        ("recommendation", "confirm-fusion"),
        ("decisionKey", "0" * 64),
        ("cardUuid", ""),
        ("references", []),
        ("gaps", [{"key": "conditions", "why": "not-sent"}]),
        ("accessEvents", []),
        ("approved", True),
        ("approved", 0),
        ("version", "0.1.1"),
    ],
)
def test_a_record_that_says_something_else_differs(
    decision: tuple[Record, bytes], replayer: Replayer, member: str, value: Any
) -> None:
    record, content = decision
    replayed = replayer.replay(record | {member: value}, content)
    assert told(replayed).startswith(f"differs: the decision differs at {member}")


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("site", "another-site", "decisionKey"),
        ("patientKey", "9990000018", "decisionKey"),
        ("userId", "Practitioner/of-another", "cardUuid"),
        ("today", "2024-02-01", "accessEvents"),
        ("nation", "scotland", "accessEvents"),
        ("today", "2026-11-23", "card.suggestions[0].actions[0].resource"),
        ("namespace", "org.another", "card.extension"),
    ],
)
def test_a_record_of_other_circumstances_differs(
    decision: tuple[Record, bytes], replayer: Replayer, member: str, value: str, place: str
) -> None:
    record, content = decision
    replayed = replayer.replay(record | {member: value}, content)
    assert told(replayed).startswith(f"differs: the decision differs at {place}")


def test_another_secret_under_the_same_id_gives_another_key(
    decision: tuple[Record, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, content = decision
    monkeypatch.setattr("cds_service.doors.replaying.secret_id", lambda _: record["secretId"])
    other = Settings(secret=b"another secret that is long enough too")
    replayer = Replayer(other, data_dir("knowledge"), data_dir("cards"))
    why = "differs: the decision differs at decisionKey"
    assert told(replayer.replay(record, content)) == why


def test_another_template_under_the_same_hash_gives_another_card(
    decision: tuple[Record, bytes], tmp_path: Path
) -> None:
    cards = tmp_path / "cards"
    shutil.copytree(CHECKOUT / "cards", cards)
    replayer = Replayer(Settings(secret=SECRET), data_dir("knowledge"), cards)
    template = cards / "genotes-ntrk-mesothelioma" / "trk-inhibitor-option.md.j2"
    template.write_text(template.read_text("utf-8") + "\n\nAnother sentence.\n", "utf-8")
    replayed = replayer.replay(*decision)
    assert told(replayed) == "differs: the decision differs at card.detail"


def test_templates_that_are_refused_today_are_named(
    decision: tuple[Record, bytes], tmp_path: Path
) -> None:
    cards = tmp_path / "cards"
    shutil.copytree(CHECKOUT / "cards", cards)
    replayer = Replayer(Settings(secret=SECRET), data_dir("knowledge"), cards)
    (cards / "phrases.toml").write_text("", "utf-8")
    why = replayer.replay(*decision).why
    assert why.startswith("its card templates are refused: cards/phrases.toml: ")


def test_a_card_whose_members_stand_in_another_order_is_not_the_same_bytes(
    decision: tuple[Record, bytes], replayer: Replayer
) -> None:
    plain = zlib.decompress(decision[1])
    head = json.loads(plain.split(b"\n")[0])
    card = json.loads(head["card"])
    sent = json.dumps(head["card"]).encode()
    turned = dict(reversed(card.items()))
    other = json.dumps(json.dumps(turned, separators=(",", ":"))).encode()
    replayed = replayer.replay(*rewritten(decision, sent, other))
    assert told(replayed).endswith("differs at card (the order of its members)")
    missing = replayer.replay(*rewritten(decision, sent, b'""'))
    assert told(missing) == "differs: the decision differs at card"
