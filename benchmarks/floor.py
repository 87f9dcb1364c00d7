"""A bare Flask endpoint: the cost that any service on this server pays before it reads a word."""

from __future__ import annotations

import json

from flask import Flask, Response, request

ANSWER = {"cards": [{"summary": "fixed", "indicator": "info", "source": {"label": "floor"}}]}


def create_app() -> Flask:
    """Two endpoints: one takes the body in, the other also parses it."""
    app = Flask(__name__)

    @app.get("/health")
    def health() -> str:
        return "ready"

    @app.post("/taken")
    def taken() -> Response:
        request.get_data()
        return Response(json.dumps(ANSWER), mimetype="application/json")

    @app.post("/parsed")
    def parsed() -> Response:
        json.loads(request.get_data())
        return Response(json.dumps(ANSWER), mimetype="application/json")

    return app
