"""The form of a request, one step after the other. The last step, to look and send, has no form."""

from federation.forms.steps.about import JobStep, PurposeStep, SettingsStep
from federation.forms.steps.answers import (
    AfterStep,
    EthicsStep,
    GoodStep,
    HarmStep,
    MoneyStep,
    PlainStep,
    WhoStep,
)
from federation.forms.steps.base import Offer, StepForm
from federation.forms.steps.start import StartForm

STEPS: dict[str, type[StepForm]] = {
    step.key: step
    for step in (
        JobStep,
        WhoStep,
        MoneyStep,
        PlainStep,
        PurposeStep,
        SettingsStep,
        GoodStep,
        HarmStep,
        EthicsStep,
        AfterStep,
    )
}

__all__ = ["STEPS", "Offer", "StartForm", "StepForm"]
