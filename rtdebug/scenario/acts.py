"""Which act plays which step."""

from __future__ import annotations

from typing import assert_never

from rtdebug.scenario.document import (
    Absent,
    CloseStep,
    Expect,
    ExpectAll,
    ExpectAny,
    ExpectClose,
    SendAudio,
    SendStep,
    Step,
    Wait,
)
from rtdebug.scenario.expecting import ExpectAct, ExpectAllAct, ExpectAnyAct
from rtdebug.scenario.speaking import CloseAct, SendAct, SendAudioAct
from rtdebug.scenario.stage import Act, Stage
from rtdebug.scenario.waiting import AbsentAct, ExpectCloseAct, WaitAct


def act_for(step: Step, stage: Stage, at: float) -> Act:
    """The act of a step that begins at ``at``; StepFault when it cannot begin."""
    match step:
        case SendStep():
            return SendAct(step, stage)
        case SendAudio():
            return SendAudioAct(step, stage, at)
        case Expect():
            return ExpectAct(step, stage, at)
        case ExpectAll():
            return ExpectAllAct(step, stage, at)
        case ExpectAny():
            return ExpectAnyAct(step, stage, at)
        case Absent():
            return AbsentAct(step, stage, at)
        case Wait():
            return WaitAct(step, stage, at)
        case CloseStep():
            return CloseAct(step, stage)
        case ExpectClose():
            return ExpectCloseAct(step, stage, at)
    assert_never(step)
