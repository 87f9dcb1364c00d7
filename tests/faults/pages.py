"""Faults of paged and of redirected answers: addresses that the service must not follow blindly."""

from __future__ import annotations

from typing import Any

from tests.doors.bodies import bundle
from tests.faults.faults import status, then_hang
from tests.faults.record import encoded, honest, whole
from tests.faults.server import Asked, Behaviour, Wire


class Places:
    """Addresses that faults point to: the server itself, and one that nobody may reach."""

    def __init__(self, own: str, stranger: str) -> None:
        self.own = own
        self.stranger = stranger

    def faults(self) -> dict[str, Behaviour]:
        """Every fault by name."""
        away = self.stranger
        look_alike = f"{self.own}.example.org/Observation"
        at_sign = f"{self.own}@{away.partition('//')[2]}"
        return {
            "next-loop": self._next("next-loop", "{self}?page=1"),
            "next-two-in-a-circle": _circle,
            "next-endless": _endless,
            "next-other-host": self._next("next-other-host", away),
            "next-look-alike": self._next("next-look-alike", look_alike),
            "next-user-info": self._next("next-user-info", at_sign),
            "next-other-path": self._next("next-other-path", f"{self.own}/healthy/Observation"),
            "next-dotted-path": self._next("next-dotted-path", "{self}/../healthy/Observation"),
            "next-other-scheme": self._next("next-other-scheme", "file:///etc/hostname"),
            "next-no-text": _next_page({"relation": "next", "url": 5}),
            "next-page-500": _second_page(status(500), first_empty=True),
            "next-page-500-findings-first": _second_page(status(500), first_empty=False),
            "next-page-hang-findings-first": _second_page(then_hang(b""), first_empty=False),
            "next-page-good": _second_page(honest, first_empty=True),
            "redirect-same-host": _to("{self}/elsewhere"),
            "redirect-other-host": _to(away),
            "redirect-loop": _to("{self}"),
            "redirect-endless-body": _redirect_with_body,
            "redirect-308-other-host": _to(away, 308),
        }

    def _next(self, case: str, address: str) -> Behaviour:
        url = address.replace("{self}", f"{self.own}/{case}")
        return _next_page({"relation": "next", "url": url})


def _patient_or(asked: Asked, wire: Wire) -> bool:
    return "Patient" in asked.segments and honest(wire, asked)


def _next_page(link: dict[str, Any]) -> Behaviour:
    """Every page is empty and names another one."""

    def behave(wire: Wire, asked: Asked) -> bool:
        if not _patient_or(asked, wire):
            wire.answer(200, encoded(bundle() | {"link": [link]}))
        return True

    return behave


def _address(asked: Asked) -> str:
    return f"http://{asked.headers['host']}/{asked.segments[0]}"


def _circle(wire: Wire, asked: Asked) -> bool:
    other = "2" if asked.params.get("page") == "1" else "1"
    link = {"relation": "next", "url": f"{_address(asked)}?page={other}"}
    return _next_page(link)(wire, asked)


def _endless(wire: Wire, asked: Asked) -> bool:
    page = int(asked.params.get("page", "0")) + 1
    link = {"relation": "next", "url": f"{_address(asked)}?page={page}"}
    return _next_page(link)(wire, asked)


def _second_page(second: Behaviour, *, first_empty: bool) -> Behaviour:
    """The first page names a second one, which is what it is."""

    def behave(wire: Wire, asked: Asked) -> bool:
        if asked.params.get("page") == "2" or "Patient" in asked.segments:
            return (honest if "Patient" in asked.segments else second)(wire, asked)
        kind = asked.segments[1]
        first = bundle() if first_empty else whole(asked)
        first |= {"link": [{"relation": "next", "url": f"{_address(asked)}/{kind}?page=2"}]}
        wire.answer(200, encoded(first))
        return True

    return behave


def _to(address: str, code: int = 302) -> Behaviour:
    def behave(wire: Wire, asked: Asked) -> bool:
        wire.answer(code, b"", Location=address.replace("{self}", _address(asked)))
        return True

    return behave


def _redirect_with_body(wire: Wire, asked: Asked) -> bool:
    wire.send(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 104857600\r\n\r\n")
    for _ in range(100):
        wire.send(b" " * 1024 * 1024)
    return False
