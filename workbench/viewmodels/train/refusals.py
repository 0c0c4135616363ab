"""Why something could not be done, and the nearest thing that can."""

from dataclasses import dataclass
from typing import Literal

from engine.control import SettingValue
from workbench.viewmodels.recipes.labels import value_text
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.words import told, tr


@dataclass(frozen=True)
class Refusal:
    """One sentence for a notice, and the words of the button that mends it; empty where nothing does."""

    kind: Literal["care", "danger"]
    sentence: str
    mend_text: str = ""
    is_dismissible: bool = False


def refusal_of(page: TrainViewModel) -> Refusal | None:
    """What stands in the notice: why the last start was refused, or why the draft cannot be started."""
    if page.failure is not None:
        nearest = _nearest_value(page)
        mend_text = tr("Use {value}", value=value_text(None, nearest[1])) if nearest is not None else ""
        return Refusal("danger", told(page.failure.message), mend_text, is_dismissible=True)
    if page.kind != "draft" or not page.draft.problem:
        return None
    fault = next(iter(page.draft.faults.values()), None)
    return Refusal("care", page.draft.problem, fault.fix_text if fault is not None and fault.fix else "")


def mend(page: TrainViewModel) -> None:
    """Take the nearest value that is possible."""
    nearest, fault = _nearest_value(page), next(iter(page.draft.faults.values()), None)
    page.dismiss_failure()
    if nearest is not None:
        page.draft.set_value(*nearest)
    elif fault is not None:
        page.draft.mend(fault.path)


def _nearest_value(page: TrainViewModel) -> tuple[str, SettingValue] | None:
    values = page.failure.message.values if page.failure is not None else {}
    field, nearest = values.get("field"), values.get("nearest")
    return (field, nearest) if isinstance(field, str) and nearest is not None and page.kind == "draft" else None
