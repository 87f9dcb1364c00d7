"""The Origin of a browser -> CORS headers, for registered origins only and never for everybody.

A preflight is answered without a token, as browsers send none with it; what follows is checked
like any other call. There is nothing to allow with credentials: this service sets no cookies.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, request

PATHS = "/cds-services"
METHODS = "GET, POST, OPTIONS"
HEADERS = "Authorization, Content-Type, Accept"
_EXPOSED = "X-Correlation-Id, Retry-After, WWW-Authenticate"
_KEPT = "600"  # seconds that a browser may keep the answer of a preflight


def allow(app: Flask, origins: Collection[str]) -> None:
    """Let browsers of these origins call the addresses of the standard."""
    allowed = frozenset(origins)

    @app.before_request
    def preflight() -> Response | None:
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        known = asks and _concerned() and request.routing_exception is None
        return Response(status=204) if known else None

    @app.after_request
    def tell(response: Response) -> Response:
        if not _concerned():
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if origin in allowed:
            _tell(response, origin)
        return response


def _concerned() -> bool:
    return request.path == PATHS or request.path.startswith(f"{PATHS}/")


def _tell(response: Response, origin: str) -> None:
    """Also on errors: a page that cannot read a 401 or 429 would take it for a broken network."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = METHODS
        headers["Access-Control-Allow-Headers"] = HEADERS
        headers["Access-Control-Max-Age"] = _KEPT
