"""Published fusion examples with an NTRK gene in place of one of theirs, beside a mesothelioma.

What each must give was worked out by hand from the rules before the first run; the reason stands
beside each case. The examples are otherwise as published, except where the test's name says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.doors.bodies import coded, mesothelioma
from tests.real_packages.packages import Resources
from tests.real_packages.posting import Said, post

NTRK = {"NTRK1": ("8031", "4914"), "NTRK2": ("8032", "4915"), "NTRK3": ("8033", "4916")}
BCR_ABL1 = "genomic-variant-fusion"
MET_ALK = "gx-genomic-variant-fusion-met-alk"
ETV6_RUNX1 = "gx-genomic-variant-fusion-ETV6-RUNX1-brian-l"
NEGATIVE = "gx-genomic-variant-pertinent-negative-nras-kit-braf"

# (example, gene that NTRK takes the place of, HGNC id, NCBI gene id): always confirm-fusion
PLACES = (
    # two genes studied, value Present, no term for the change: unconfirmed
    (BCR_ABL1, "ABL1", "76", ""),
    (BCR_ABL1, "BCR", "1014", ""),
    # two genes and SO:0002062, a rearrangement term: unconfirmed
    (MET_ALK, "ALK", "427", "238"),
    (MET_ALK, "MET", "7029", "4233"),
    # two genes and SO:1000044, a translocation, which is a rearrangement term: unconfirmed
    (ETV6_RUNX1, "RUNx1", "10471", ""),
    (ETV6_RUNX1, "ETV6", "3495", ""),
)


def with_ntrk(
    resource: dict[str, Any], gene: str, old: str, hgnc: str, ncbi: str = ""
) -> dict[str, Any]:
    """The same resource with one gene's codes, displays and names changed to another's."""
    ours, ncbi_ours = NTRK[gene]
    spellings = {f'"HGNC:{hgnc}"': f'"HGNC:{ours}"', f'"{old}"': f'"{gene}"'}
    spellings[f'"{old} Fusion"'] = f'"{gene} Fusion"'
    if ncbi:
        spellings[f'"{ncbi}"'] = f'"{ncbi_ours}"'
    raw = json.dumps({name: value for name, value in resource.items() if name != "text"})
    for before, after in spellings.items():
        raw = raw.replace(before, after)
    changed: dict[str, Any] = json.loads(raw)
    assert f'"HGNC:{ours}"' in raw
    assert f'"HGNC:{hgnc}"' not in raw
    return changed


def beside_mesothelioma(door: FlaskClient, *results: dict[str, Any]) -> Said:
    subject: Mapping[str, str] = results[0]["subject"]
    patient_id = subject["reference"].rsplit("/", 1)[-1]
    return post(door, patient_id, *results, mesothelioma(subject=subject))


@pytest.mark.parametrize("gene", NTRK)
@pytest.mark.parametrize(("name", "old", "hgnc", "ncbi"), PLACES)
def test_a_published_fusion_without_a_fusion_term_asks_to_confirm_it(
    mcode: Resources, door: FlaskClient, gene: str, name: str, old: str, hgnc: str, ncbi: str
) -> None:
    changed = with_ntrk(mcode.example("Observation", name), gene, old, hgnc, ncbi)
    said = beside_mesothelioma(door, changed)
    assert (said.status, said.recommendations) == (200, ("confirm-fusion",))
    assert said.states[0]["fusion"] == "unconfirmed"


@pytest.mark.parametrize(("name", "old", "hgnc", "ncbi"), PLACES)
def test_the_same_example_with_its_own_genes_gives_no_card(
    mcode: Resources, door: FlaskClient, name: str, old: str, hgnc: str, ncbi: str
) -> None:
    said = beside_mesothelioma(door, mcode.example("Observation", name))
    assert (said.status, said.recommendations) == (200, ())


@pytest.mark.parametrize("name", [MET_ALK, ETV6_RUNX1])
def test_with_a_fusion_term_in_place_of_the_rearrangement_term_it_is_an_option(
    mcode: Resources, door: FlaskClient, name: str
) -> None:
    """Two genes, a fusion term, Present, Somatic, no ordered name: confirmed."""
    old, hgnc, ncbi = next(place[1:] for place in PLACES if place[0] == name)
    changed = with_ntrk(mcode.example("Observation", name), "NTRK1", old, hgnc, ncbi)
    of_change = next(c for c in changed["component"] if c["code"]["coding"][0]["code"] == "48019-4")
    of_change["valueCodeableConcept"] = coded(
        "http://www.sequenceontology.org/", "SO:0001565", "gene_fusion"
    )
    said = beside_mesothelioma(door, changed)
    assert said.recommendations == ("trk-inhibitor-option",)


def test_a_published_negative_result_about_an_ntrk_gene_gives_no_card(
    mcode: Resources, door: FlaskClient
) -> None:
    """One Observation, value Absent, three genes studied: nothing was found in any of them."""
    changed = with_ntrk(mcode.example("Observation", NEGATIVE), "NTRK1", "NRAS", "7989")
    said = beside_mesothelioma(door, changed)
    assert (said.status, said.recommendations) == (200, ())


def ros1(resources: Resources) -> tuple[dict[str, Any], dict[str, Any]]:
    """The published variant with NTRK1 in place of ROS1, and the consequence derived from it."""
    variant = resources.example("Observation", "ROS1-Fusion-var")
    twin = resources.example("Observation", "ROS1-Fusion")
    return with_ntrk(variant, "NTRK1", "ROS1", "10261"), twin


def test_the_published_variant_names_the_fusion_in_words_only_so_it_asks_to_confirm_it(
    genomics_reporting: Resources, door: FlaskClient
) -> None:
    """One gene, Present, Somatic; 'fusion' stands in a text only: unconfirmed."""
    variant, _ = ros1(genomics_reporting)
    said = beside_mesothelioma(door, variant)
    assert said.recommendations == ("confirm-fusion",)


def test_the_published_consequence_is_about_another_patient_so_it_does_not_count(
    genomics_reporting: Resources, door: FlaskClient
) -> None:
    """As published, variant and consequence have different subjects."""
    variant, twin = ros1(genomics_reporting)
    assert twin["subject"] != variant["subject"]
    said = beside_mesothelioma(door, variant, twin)
    assert said.recommendations == ("confirm-fusion",)


def test_the_consequence_of_the_same_patient_supplies_the_term_so_it_is_an_option(
    genomics_reporting: Resources, door: FlaskClient
) -> None:
    """SO:0001886 counts for the variant once derivedFrom resolves: one gene and a fusion term."""
    variant, twin = ros1(genomics_reporting)
    twin["subject"] = variant["subject"]
    assert twin["derivedFrom"] == [{"reference": f"Observation/{variant['id']}"}]
    said = beside_mesothelioma(door, variant, twin)
    assert said.recommendations == ("trk-inhibitor-option",)


def test_the_consequence_without_its_variant_says_that_it_could_not_be_checked(
    genomics_reporting: Resources, door: FlaskClient
) -> None:
    """The gene stands in the variant alone, and the variant was not sent: a gap."""
    _, twin = ros1(genomics_reporting)
    said = beside_mesothelioma(door, twin)
    assert said.recommendations == ("could-not-check",)
    assert said.states[0]["fusion"] == "not known"
