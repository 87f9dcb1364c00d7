"""Feedback and held-back cards are counted for Prometheus, by words of the service alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.conftest import client_of, noon
from tests.doors.test_metrics import number
from tests.feedback.bodies import FEEDBACK, accepted, feedback, overridden, reason
from tests.feedback.conftest import Answers


def outcome(client: FlaskClient, name: str) -> float:
    return number(client, "cds_feedback_total", outcome=name, site="local")


def test_acknowledged_answers_are_counted_by_their_outcome(client: FlaskClient) -> None:
    client.post(FEEDBACK, json=feedback(accepted(), overridden(), overridden("b")))
    client.post(FEEDBACK, json=feedback(accepted(), {}))
    assert (outcome(client, "accepted"), outcome(client, "overridden")) == (1, 2)


def test_what_was_not_acknowledged_is_not_counted(desk: Desk) -> None:
    client = client_of(desk)
    assert client.post(FEEDBACK, json=feedback(accepted())).status_code == 503
    assert outcome(client, "accepted") == 0
    labels = {"door": FEEDBACK, "status": "503", "site": "local"}
    assert number(client, "cds_calls_total", **labels) == 1


def test_no_label_comes_from_what_was_sent(client: FlaskClient) -> None:
    client.post(FEEDBACK, json=feedback(overridden("Zyxcanarius", **reason("Zyxcanarius"))))
    assert "Zyxcanarius" not in client.get("/metrics").text


class Gone(Answers):
    """A store in which every card was dismissed."""

    def dismissed(self, site: str, cards: Any) -> frozenset[str]:
        return frozenset(cards)


def test_held_back_cards_are_counted_by_recommendation(desk: Desk) -> None:
    settings = replace(desk.settings, hold_back=True)
    client = app_of(replace(desk, settings=settings), Gone(), noon).test_client()
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    assert client.post(SERVICE, json=body).get_json() == {"cards": []}
    labels = {"recommendation": "trk-inhibitor-option", "site": "local"}
    assert number(client, "cds_cards_held_back_total", **labels) == 1
    assert number(client, "cds_recommendations_total", **labels) == 1
