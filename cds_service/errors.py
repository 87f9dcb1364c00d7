"""Everything that this service raises on purpose, and what each error means outside.

* ServiceError
  x KnowledgeError         -> the service does not start; command line exit 5
  x SettingsError          -> the service does not start; command line exit 2
  x InputError             -> one clear line; command line exit 3
  * RequestError           -> 400
    x NotAuthenticated     -> 401
    x NotAllowed           -> 403
    x NotFound             -> 404
    x MethodNotAllowed     -> 405
    x InsufficientData     -> 412
    x BodyTooLarge         -> 413
    x WrongMediaType       -> 415
    x TooManyRequests      -> 429
    x Unavailable          -> 503
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


class ServiceError(Exception):
    """The root of the tree."""


class KnowledgeError(ServiceError):
    """Knowledge or card templates are wrong: every problem as 'file: field: what was expected'."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class SettingsError(ServiceError):
    """A setting is missing, unknown or not allowed."""


class InputError(ServiceError):
    """A file given to the command line cannot be read."""


class RequestError(ServiceError):
    """The caller's request cannot be answered; the message names the field, never its value."""


class NotAuthenticated(RequestError):
    """The caller did not prove who it is; it is told nothing more, the log is told why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason  # an id for the log, never text of the token
        super().__init__("A valid token is needed.")


class TooManyRequests(RequestError):
    """The client is over its quota."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after  # seconds
        super().__init__("Over the quota of this client; try again later.")


class Unavailable(RequestError):
    """Something that the answer depends on is away for the moment."""

    def __init__(self, text: str, retry_after: int = 60) -> None:
        self.retry_after = retry_after  # seconds
        super().__init__(text)


class NotAllowed(RequestError):
    """This user or caller may not see the answer."""


class NotFound(RequestError):
    """No such service or page."""


class MethodNotAllowed(RequestError):
    """The address exists, but not for this method."""


class InsufficientData(RequestError):
    """Nothing that the guidelines need could be read."""


class BodyTooLarge(RequestError):
    """The body is over the limit of the settings."""


class WrongMediaType(RequestError):
    """The body is not declared as JSON."""


@dataclass(frozen=True)
class HttpAnswer:
    """How an error is told over HTTP."""

    status: int
    issue: str  # code of the OperationOutcome issue (FHIR IssueType)


HTTP_ANSWERS: Mapping[type[RequestError], HttpAnswer] = MappingProxyType(
    {
        RequestError: HttpAnswer(400, "invalid"),
        NotAuthenticated: HttpAnswer(401, "login"),
        NotAllowed: HttpAnswer(403, "forbidden"),
        NotFound: HttpAnswer(404, "not-found"),
        MethodNotAllowed: HttpAnswer(405, "not-supported"),
        InsufficientData: HttpAnswer(412, "incomplete"),
        BodyTooLarge: HttpAnswer(413, "too-long"),
        WrongMediaType: HttpAnswer(415, "not-supported"),
        TooManyRequests: HttpAnswer(429, "throttled"),
        Unavailable: HttpAnswer(503, "transient"),
    }
)


def http_answer(error: RequestError) -> HttpAnswer:
    """The answer of the error's own class, else of the nearest class above it."""
    known = (HTTP_ANSWERS[kind] for kind in type(error).__mro__ if kind in HTTP_ANSWERS)
    return next(known)
