"""The guard's words: routes, levels, and the verdict on one message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Route(StrEnum):
    """What kind of message it is; most urgent first."""

    EMERGENCY = "EMERGENCY"
    CRISIS = "CRISIS"
    URGENT = "URGENT"
    ABUSE_SPAM = "ABUSE_SPAM"
    MEDICATION = "MEDICATION"
    PERSONAL_ADVICE = "PERSONAL_ADVICE"
    ADMIN = "ADMIN"
    GENERAL_INFO = "GENERAL_INFO"
    SMALLTALK = "SMALLTALK"


ALARMS = frozenset({Route.EMERGENCY, Route.CRISIS, Route.URGENT})


class Level(StrEnum):
    """How plain an alarm is: page = notice and people paged; check = emergency strip and a priority card."""

    NONE = "none"
    CHECK = "check"
    PAGE = "page"


@dataclass(frozen=True)
class Verdict:
    """The guard's word on one message.

    At level `page` the route is the alarm. At `check` the route is the one without the alarm and `alarm` names the
    suspected one. `kind` picks a special notice: "", "cauda_equina" or "poisoning". `rule` is the id of the rule that
    decided ("" when none did). `clause` is the patient's words that decided: to be shown, never logged.
    """

    route: Route
    level: Level = Level.NONE
    alarm: Route | None = None
    kind: str = ""
    rule: str = ""
    clause: str = ""
