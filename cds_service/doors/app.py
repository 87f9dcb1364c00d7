"""Settings and dependencies -> the Flask application; the one place where parts are joined."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from cds_service.cards import CardWriter
from cds_service.clients import Registry, load_registry, open_registry
from cds_service.doors import (
    activity,
    cors,
    feedback,
    health,
    hooks,
    metrics,
    openapi,
    outcome,
    pages,
)
from cds_service.doors.about import service_version
from cds_service.doors.answer import COULD_NOT_CHECK, Desk, fetch_nothing, replacements
from cds_service.doors.callers import callers_of, key_sets
from cds_service.doors.events import (
    INTERNAL,
    LOGGER,
    Cause,
    Everywhere,
    Listener,
    RequestEvent,
    Store,
)
from cds_service.doors.keeping import Keeping
from cds_service.doors.logs import where
from cds_service.doors.records import Recorder
from cds_service.errors import (
    BodyTooLarge,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    RequestError,
    TooManyRequests,
    Unavailable,
)
from cds_service.fhir_client import Documents, Fetch, FhirClient
from cds_service.knowledge import Knowledge, data_dir, load_approvals
from cds_service.security import Get, KeySets
from cds_service.settings import Settings
from cds_service.store import open_store
from cds_service.tasks import task

Clock = Callable[[], datetime]
# What the serving process runs first: a thread and its locks would not survive the fork.
AFTER_FORK = "cds_after_fork"
AT_EXIT = "cds_at_exit"  # and last
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_WORDS: dict[int, tuple[type[RequestError], str]] = {
    404: (NotFound, "No such address; the services are listed at /cds-services."),
    405: (MethodNotAllowed, "This address does not answer this method."),
    413: (BodyTooLarge, hooks.TOO_LARGE),
}


def no_key_sets(address: str, seconds: float, most: int) -> None:
    """Where keys are pinned, no address is ever asked."""


def local_time() -> datetime:
    """Now, in the time zone of the machine: the day of a position is a local day."""
    return datetime.now().astimezone()


def registry_of(settings: Settings) -> Registry:
    """Who may call; raises SettingsError."""
    if settings.clients is None:
        return open_registry()
    return load_registry(settings.clients, production=settings.production)


def open_desk(settings: Settings, knowledge: Knowledge, fetch: Fetch = fetch_nothing) -> Desk:
    """Join the parts that do not depend on the door; raises KnowledgeError and SettingsError."""
    approvals = load_approvals(settings.approvals) if settings.approvals else ()
    cards = CardWriter(
        settings.cards_dir or data_dir("cards"),
        guidelines=knowledge.guidelines,
        links=knowledge.links,
        systems=knowledge.systems,
        positions=knowledge.positions,
        namespace=settings.namespace,
        approvals=approvals,
        service_version=service_version(),
        task=task,
    )
    registry = registry_of(settings)
    return Desk(settings, knowledge, cards, fetch, approvals=approvals, registry=registry)


def create_app(
    settings: Settings,
    *,
    knowledge: Knowledge,
    fetch: Fetch | None = None,
    store: Store | None = None,
    clock: Clock = local_time,
    seconds: Callable[[], float] | None = None,
) -> Flask:
    """The composition root; 'seconds' since 1970 is the time of tokens, where not the clock's.

    Without a store it is the one of the settings, which is not opened before the fork.
    """
    desk = open_desk(settings, knowledge, fetch or FhirClient().fetch)
    authorities = {c.jwks: c.ca for c in desk.registry.clients if c.jwks and c.ca}
    keys = key_sets(desk.registry, Documents(authorities).get)
    since_1970 = seconds or _seconds(clock)
    store = store or Keeping(
        open_store(settings, lambda: datetime.fromtimestamp(since_1970(), UTC))
    )
    app = app_of(desk, store, clock, keys=keys, seconds=since_1970)

    def begin() -> None:
        store.start()
        threading.Thread(target=keys.warm, daemon=True).start()  # no call waits for keys

    app.extensions[AFTER_FORK], app.extensions[AT_EXIT] = begin, store.close
    return app


def app_of(
    desk: Desk,
    store: Store,
    clock: Clock,
    get: Get = no_key_sets,
    *,
    keys: KeySets | None = None,
    seconds: Callable[[], float] | None = None,
) -> Flask:
    """The application around a desk; key sets are read by 'get', where none are given."""

    def today() -> date:
        return clock().date()

    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # read by people, in the order written
    # One more than allowed: a body in chunks is cut there, and its length tells that it was.
    app.config["MAX_CONTENT_LENGTH"] = desk.settings.max_body + 1
    keys = keys or key_sets(desk.registry, get)
    callers = callers_of(
        desk.settings, desk.registry, keys, seconds or _seconds(clock), store.first_use
    )
    recorder = Recorder(desk, store, clock)
    app.register_blueprint(hooks.blueprint(desk, today, callers, recorder, store))
    app.register_blueprint(feedback.blueprint(desk, callers, store))
    if not desk.settings.production:
        cards = desk.settings.cards_dir or data_dir("cards")
        app.register_blueprint(activity.blueprint(cards, store))
    app.register_blueprint(pages.blueprint(desk, today))
    app.register_blueprint(health.blueprint(desk, today, store.health))
    numbers = metrics.Metrics(desk, today, store.health)
    app.register_blueprint(metrics.blueprint(numbers))
    app.register_blueprint(openapi.blueprint(desk))
    _count_requests(app, Everywhere((numbers, store)), clock)
    _answer_errors(app, desk, recorder)
    cors.allow(app, (*desk.settings.cors_origins, *desk.registry.origins))
    return app


def _kept(settings: Settings, seconds: Callable[[], float]) -> Store:
    """The store goes by the time that it is, also where the day is fixed for a demonstration."""
    return Keeping(open_store(settings, lambda: datetime.fromtimestamp(seconds(), UTC)))


def _seconds(clock: Clock) -> Callable[[], float]:
    return lambda: clock().timestamp()


def _count_requests(app: Flask, store: Listener, clock: Clock) -> None:
    @app.before_request
    def begin() -> None:
        g.correlation = str(uuid.uuid4())
        g.started = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        response.headers["X-Correlation-Id"] = g.correlation
        store.request_event(
            RequestEvent(
                time=clock(),
                correlation=g.correlation,
                method=request.method if request.url_rule else "-",
                route=str(request.url_rule or "-"),
                status=response.status_code,
                duration_ms=hooks.milliseconds(),
                recommendations=g.get("recommendations", ()),
                left_out=g.get("left_out", 0),
                site=client.site if (client := g.get("client")) else "-",
                refused=g.get("refused", ""),
                causes=g.get("causes", ()),
                fetches=g.get("fetches", ()),
                held_back=g.get("held_back", ()),
                **g.get("answers", {}),
            )
        )
        return response


def _answer_errors(app: Flask, desk: Desk, recorder: Recorder) -> None:
    @app.errorhandler(RequestError)
    def refused(error: RequestError) -> Response:
        response = hooks.reply(*outcome.of_error(error))
        if isinstance(error, NotAuthenticated):
            response.headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyRequests | Unavailable):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(HTTPException)
    def refused_by_flask(error: HTTPException) -> Response:
        kind, words = _WORDS.get(error.code or 400, (RequestError, "The request cannot be read."))
        response = hooks.reply(*outcome.of_error(kind(words)))
        if allowed := dict(error.get_headers()).get("Allow"):
            response.headers["Allow"] = allowed
        return response

    # The one place that catches everything: an internal error is told, never an empty card list.
    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        LOGGER.error("error id=%s %s", g.correlation, where(error))
        if request.endpoint == health.READY:
            return health.not_ready("internal-error")
        learned = g.get("learned")
        if replaced := replacements(learned, desk) if learned else ():
            g.recommendations = (COULD_NOT_CHECK,) * len(replaced)
            g.causes = (Cause(COULD_NOT_CHECK, INTERNAL),) * len(replaced)
            recorder.keep(replaced, learned, hooks.circumstances(INTERNAL))
            # A client hides an error, not a card.
            return hooks.reply(200, {"cards": [decided.card for decided in replaced]})
        words = "Internal error; its id is the id of this outcome."
        return hooks.reply(500, outcome.outcome([("exception", words)]))
