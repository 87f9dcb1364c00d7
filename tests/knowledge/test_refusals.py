"""A knowledge author's slip is refused at loading, with the file and the field."""

from __future__ import annotations

import shutil

import pytest

from tests.knowledge.conftest import GUIDELINE, Copy

ENTRECTINIB = "access/entrectinib.toml"
GENES = "value_sets/ntrk-genes.json"


def test_the_shipped_knowledge_loads(copy: Copy) -> None:
    assert copy.problems() == ()


# file, what stands there, what the author wrote instead, how the complaint begins
SLIPS = [
    # guideline: names and keys
    (GUIDELINE, 'value_set = "mesothelioma"', 'value_set = "mesotheloma"',
     "criteria[2].value_set: unknown value set 'mesotheloma'"),
    (GUIDELINE, 'value_set = "ntrk-genes"\n', "",
     "criteria[1].value_set: is missing; expected a value set"),
    (GUIDELINE, 'resistance = "trk-resistance"', 'resistance = "trk-resistence"',
     "criteria[3].resistance: unknown value set 'trk-resistence'"),
    (GUIDELINE, 'kind = "alive"\n', 'kind = "alive"\nvalue_set = "neoplasm"\n',
     "criteria[0].value_set: a criterion of this kind has no such key"),
    (GUIDELINE, 'value_set = "ntrk-genes"\n', 'value_set = "ntrk-genes"\nresistance = "x"\n',
     "criteria[1].resistance: a criterion of this kind has no such key"),
    (GUIDELINE, 'kind = "diagnosis"', 'kind = "diagnose"',
     'criteria[2].kind: "diagnose": expected one of alive'),
    (GUIDELINE, 'id = "prior"', 'id = "fusion"',
     "criteria[3].id: 'fusion' stands twice"),
    (GUIDELINE, "[review]\nstatus", "[reveiw]\nstatus", "reveiw: unknown key; known here:"),
    (GUIDELINE, "[review]\nstatus", "[reveiw]\nstatus", "review: is missing"),
    (GUIDELINE, "next_review_due", "next_reveiw_due",
     "source.next_reveiw_due: unknown key; known here: authors, home"),
    (GUIDELINE, 'version = "0.1.0"', 'version = "0.1"', 'version: "0.1": expected a version'),
    (GUIDELINE, 'title = "NTRK gene', 'title = "  "\n# "', 'title: "  ": expected text'),
    (GUIDELINE, 'id = "genotes-ntrk-mesothelioma"', 'id = "genotes-ntrk"',
     "id: 'genotes-ntrk': expected the name of the folder"),
    (GUIDELINE, 'home = "genotes-home"', 'home = "genotes-hom"',
     "source.home: 'genotes-hom': expected an id of links.toml"),
    (GUIDELINE, 'link = "genotes-ntrk-mesothelioma"', 'link = "genotes"',
     "source.link: 'genotes': expected an id of links.toml"),
    (GUIDELINE, '"national-genomic-test-directory"', '"test-directory"',
     "links[1]: 'test-directory': expected an id of links.toml"),
    (GUIDELINE, '"larotrectinib", ', '"larotrectnib", ',
     "drugs[0]: 'larotrectnib': expected a file access/larotrectnib.toml"),
    # guideline: dates and people
    (GUIDELINE, "last_reviewed = 2024-01-27", "last_reviewed = 2026-01-27",
     "source.next_review_due: expected a day after last_reviewed"),
    (GUIDELINE, "last_checked = 2026-11-22", "last_checked = 2023-11-22",
     "source.last_checked: expected a day not before last_reviewed"),
    (GUIDELINE, "last_reviewed = 2024-01-27", 'last_reviewed = "January 2024"',
     'source.last_reviewed: "January 2024": expected a date'),
    (GUIDELINE, "last_reviewed = 2024-01-27", "last_reviewed = 2024-01-27T09:00:00",
     'source.last_reviewed: "2024-01-27T09:00:00": expected a date'),
    (GUIDELINE, "last_reviewed = 2024-01-27", "last_reviewed = 2024-02-30",
     "line 23: not valid TOML:"),
    (GUIDELINE, 'status = "draft"',
     'status = "draft"\nlast_reviewed = 2026-11-22\nnext_review_due = 2026-11-01',
     "review.next_review_due: expected a day after last_reviewed"),
    (GUIDELINE, 'status = "draft"', 'status = "active"', "review.author: is missing; status"),
    (GUIDELINE, 'status = "draft"', 'status = "active"\nauthor = "A. Author"',
     "review.checker: is missing; status 'active' needs it"),
    (GUIDELINE, 'status = "draft"', 'status = "active"', "review.next_review_due: is missing"),
    (GUIDELINE, 'status = "draft"',
     'status = "draft"\nauthor = "A. Author"\nchecker = " a. author "',
     "review.checker: expected another person than the author"),
    (GUIDELINE, 'status = "draft"', 'status = "final"', 'review.status: "final": expected draft'),
    # guideline: the table
    (GUIDELINE, 'recommendation = "confirm-fusion"', 'recommendation = "confirm-fuson"',
     "table[6].recommendation: 'confirm-fuson': no card template "
     "genotes-ntrk-mesothelioma/confirm-fuson.md.j2"),
    (GUIDELINE, 'indicator = "warning"', 'indicator = "hard-stop"',
     'table[4].indicator: "hard-stop": expected one of info'),
    (GUIDELINE, 'indicator = "info"\n', "", "table[3].indicator: is missing"),
    (GUIDELINE, 'recommendation = "nothing"', 'recommendation = "nothing"\nindicator = "info"',
     "table[0].indicator: 'nothing' shows no card"),
    (GUIDELINE, 'fusion = ["none"]', 'fusion = ["non"]',
     "table[1].when.fusion: 'non': expected one of confirmed, unconfirmed, screening, none"),
    (GUIDELINE, 'fusion = ["none"]', 'fuson = ["none"]',
     "table[1].when.fuson: expected the id of a criterion"),
    (GUIDELINE, 'id = "8b"', 'id = "8a"', "table[8].id: '8a' stands twice"),
    (GUIDELINE, 'diagnosis = ["none"]\n', 'diagnosis = []\n',
     "table[2].when.diagnosis: []: expected a list of states"),
    (GUIDELINE, 'fusion = ["none"]', 'fusion = ["none"]\nfusion = ["screening"]',
     "line 71: not valid TOML: Cannot overwrite a value"),
    (GUIDELINE, '[table.when]\nalive = ["deceased"]', '[table.when\nalive = ["deceased"]',
     "line 62: not valid TOML:"),
    # access
    (ENTRECTINIB, "happened = 2026-01-07", "hapened = 2026-01-07",
     "events[1].hapened: unknown key"),
    (ENTRECTINIB, "happened = 2026-01-07", "happened = 2027-01-07",
     "events[1].happened: expected a day not after last_checked"),
    (ENTRECTINIB, 'replaces = ["entrectinib-england-ta644"]',
     'replaces = ["entrectinib-england-ta64"]',
     "events[1].replaces: 'entrectinib-england-ta64': expected an earlier event"),
    (ENTRECTINIB, 'replaces = ["entrectinib-england-ta644"]',
     'replaces = ["entrectinib-scotland-smc2295"]',
     "events[1].replaces: 'entrectinib-scotland-smc2295': expected an earlier event"),
    (ENTRECTINIB, 'disagrees = ["genotes-ntrk-mesothelioma"]', 'disagrees = ["genotes"]',
     "entrectinib-england-ta1118.disagrees: 'genotes': expected a guideline id"),
    (ENTRECTINIB, 'link = "smc2295"', 'link = "smc-2295"',
     "events[2].link: 'smc-2295': expected an id of links.toml"),
    (ENTRECTINIB, 'nation = "scotland"', 'nation = "Scotland"',
     'events[2].nation: "Scotland": expected one of england'),
    (ENTRECTINIB, 'kind = "accepted"', 'kind = "ok"', 'events[2].kind: "ok": expected one of'),
    (ENTRECTINIB, 'next_review = "not stated"', 'next_review = "unknown"',
     'events[0].next_review: "unknown": expected a date that the source states'),
    (ENTRECTINIB, 'next_review = "not stated"', 'next_review = "2026-02-30"',
     "events[0].next_review: '2026-02-30': no such day"),
    (ENTRECTINIB, 'next_review = "not stated"', "next_review = 2020-01-01",
     "events[0].next_review: expected a day not before happened"),
    (ENTRECTINIB, 'drug = "entrectinib"', 'drug = "larotrectinib"',
     "drug: 'larotrectinib': expected the name of the file"),
    (ENTRECTINIB, 'id = "entrectinib-england-ta1118"', 'id = "entrectinib-england-ta644"',
     "events[1].id: 'entrectinib-england-ta644' stands twice"),
    # links
    ("links.toml", "https://www.nice.org.uk/guidance/ta630", "http://www.nice.org.uk/guidance/ta630",
     'links.nice-ta630.url: "http://www.nice.org.uk/guidance/ta630": expected an https address'),
    ("links.toml", "https://www.nice.org.uk/guidance/ta630", "https://nice.org.uk/a b",
     'links.nice-ta630.url: "https://nice.org.uk/a b": expected an https address'),
    ("links.toml", 'status = "verified"', 'state = "verified"',
     "links.genotes-ntrk-mesothelioma.state: unknown key"),
    ("links.toml", "[links.nice-ta630]", "[links.nice-ta644]", "line 56: not valid TOML:"),
    ("links.toml", "words = ", "word = ", "systems.word: unknown key"),
    ("links.toml", "urn:uuid:a42b4db8-d236-4359-acc6-c2130f6fc950", "urn:uuid:1",
     'systems.words: "urn:uuid:1": expected a fixed urn:uuid: of version 4'),
    ("links.toml", "urn:uuid:5deba840-86e9-4417-b772-2728099400e0",
     "urn:uuid:0ea73287-3ad0-4bfc-adaf-839778ac54e7", "systems: two names share one urn:uuid:"),
    # value sets, as text
    (GENES, '"resourceType": "ValueSet",', '"resourceType": "ValueSet", "id": "ntrk-genes",',
     "id: stands twice in one object; expected once"),
    (GENES, '"compose": {', '"compose": {,', "line 11: not valid JSON:"),
    (GENES, '"id": "ntrk-genes"', '"id": "trk-genes"', "id: 'trk-genes': expected the name of"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "complaint"), SLIPS)
def test_a_slip_is_refused_with_file_and_field(
    copy: Copy, file: str, old: str, new: str, complaint: str
) -> None:
    copy.replace(file, old, new)
    found = copy.problems()
    assert any(problem.startswith(f"{file}: {complaint}") for problem in found), found


def test_two_slips_in_two_files_are_told_together(copy: Copy) -> None:
    copy.replace(GUIDELINE, '"larotrectinib", ', '"larotrectnib", ')
    copy.replace(ENTRECTINIB, "happened = 2026-01-07", "hapened = 2026-01-07")
    files = {problem.split(":")[0] for problem in copy.problems()}
    assert files == {GUIDELINE, ENTRECTINIB}


def test_an_event_id_that_another_drug_has_is_refused(copy: Copy) -> None:
    copy.replace(
        "access/larotrectinib.toml",
        'id = "larotrectinib-england-ta630"',
        'id = "entrectinib-england-ta644"',
    )
    wanted = "access/larotrectinib.toml: events[0].id: 'entrectinib-england-ta644' stands twice"
    assert any(problem.startswith(wanted) for problem in copy.problems())


def test_a_row_that_others_hide_is_refused_as_dead(copy: Copy) -> None:
    row = '\n[[table]]\nid = "11"\nrecommendation = "nothing"\n[table.when]\nfusion = ["none"]\n'
    copy.write(GUIDELINE, copy.text(GUIDELINE) + row)
    assert copy.problems() == (f"{GUIDELINE}: table[11]: row '11' is dead: others fit first",)


def test_a_missing_row_is_refused_with_the_states_it_leaves_open(copy: Copy) -> None:
    start = copy.text(GUIDELINE).index('[[table]]\nid = "8b"')
    end = copy.text(GUIDELINE).index('[[table]]\nid = "9"')
    copy.write(GUIDELINE, copy.text(GUIDELINE)[:start] + copy.text(GUIDELINE)[end:])
    found = copy.problems()
    assert len(found) == 6  # alive: two states, prior: three
    first = "table: no row fits: alive yes, fusion screening, diagnosis not known, prior recorded"
    assert found[0] == f"{GUIDELINE}: {first}"


def test_a_missing_card_template_is_refused(copy: Copy) -> None:
    (copy.cards / "genotes-ntrk-mesothelioma" / "confirm-fusion.md.j2").unlink()
    (problem,) = copy.problems()
    assert problem.startswith(f"{GUIDELINE}: table[6].recommendation: 'confirm-fusion': no card")


def test_an_active_guideline_with_two_people_and_dates_loads(copy: Copy) -> None:
    people = (
        'status = "active"\nauthor = "Synthetic Author"\nchecker = "Synthetic Checker"\n'
        "last_reviewed = 2026-11-22\nnext_review_due = 2027-05-22"
    )
    copy.replace(GUIDELINE, 'status = "draft"', people)
    assert copy.load().guidelines[0].review.checker == "Synthetic Checker"


def test_a_guideline_folder_without_its_file_is_refused(copy: Copy) -> None:
    (copy.root / "guidelines" / "empty").mkdir()
    wanted = "guidelines/empty/guideline.toml: (file): cannot be read: FileNotFoundError"
    assert wanted in copy.problems()


def test_a_folder_without_any_guideline_is_refused(copy: Copy) -> None:
    shutil.rmtree(copy.root / "guidelines")
    assert "guidelines: (folder): expected at least one guideline" in copy.problems()


def test_an_empty_folder_is_refused_in_one_line(copy: Copy) -> None:
    (copy.root / "links.toml").unlink()
    assert copy.problems() == ("links.toml: (file): cannot be read: FileNotFoundError",)


def test_a_file_that_ends_too_early_is_refused(copy: Copy) -> None:
    copy.write("access/larotrectinib.toml", 'drug = "larotrectinib"\nevents = [')
    (problem,) = (p for p in copy.problems() if p.startswith("access/"))
    assert "not valid TOML" in problem


def test_a_file_in_another_encoding_is_refused(copy: Copy) -> None:
    (copy.root / "access/larotrectinib.toml").write_bytes(b'drug = "\xe9"')
    assert "access/larotrectinib.toml: (file): expected UTF-8 text" in copy.problems()


def test_a_lexicon_with_a_phrase_outside_a_list_is_refused(copy: Copy) -> None:
    copy.write("lexicon.toml", 'negative = "no"\n')
    (problem,) = copy.problems()
    assert problem.startswith('lexicon.toml: negative: "no": expected a list of phrases')


def test_knowledge_without_a_lexicon_loads_with_an_empty_one(copy: Copy) -> None:
    (copy.root / "lexicon.toml").unlink()
    assert copy.load().vocabulary.lexicon == {}


def test_the_lexicon_is_loaded_by_class(copy: Copy) -> None:
    copy.write("lexicon.toml", 'hedged = ["possible", "cannot exclude"]\n')
    assert copy.load().vocabulary.lexicon == {"hedged": ("possible", "cannot exclude")}


def test_a_lexicon_class_in_capitals_is_refused(copy: Copy) -> None:
    copy.write("lexicon.toml", 'Hedged = ["possible"]\n')
    (problem,) = copy.problems()
    assert problem.startswith('lexicon.toml: (top level): "Hedged": expected class names')


def test_a_folder_without_value_sets_names_those_that_reading_needs(copy: Copy) -> None:
    shutil.rmtree(copy.root / "value_sets")
    found = copy.problems()
    assert "value_sets/presence.json: (file): is missing; reading needs it" in found
    assert f"{GUIDELINE}: criteria[2].value_set: unknown value set 'mesothelioma'" in found
