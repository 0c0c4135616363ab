"""Settings that take effect while a run trains."""

from dataclasses import replace

from engine.config.configuration import check_training, live_options
from engine.config.model import LstmConfig
from engine.config.options import checked
from engine.config.training import TrainingConfig
from engine.control import Change
from engine.errors import InvalidSetting
from engine.events import SettingChanged
from engine.training.gradients import Clipping
from engine.training.trainer import Trainer


def apply_change(trainer: Trainer, change: Change) -> SettingChanged:
    """Change the trainer and its settings; returns the event that tells of it.

    Raises InvalidSetting; nothing is changed then.
    """
    if change.field not in live_options():
        raise InvalidSetting("{field} cannot be changed while a run trains.", field=change.field)
    section, _, name = change.field.partition(".")
    if section == "model":
        new = float(checked(LstmConfig, section, name, change.value))
        old = trainer.model.dropout
        trainer.model.dropout = new
        return SettingChanged(step=trainer.counters.step, field=change.field, old=old, new=new)
    value = checked(TrainingConfig, section, name, change.value)
    previous = getattr(trainer.config, name)
    changed = replace(trainer.config, **{name: value})  # type: ignore[arg-type]
    check_training(changed)
    trainer.config = changed
    trainer.clipping = Clipping(changed.clip_norm, changed.clip_value)
    trainer.rate_factor = changed.learning_rate_factor
    if name == "validate_every_steps":
        automatic = max(1, (trainer.counters.total_steps or 0) // 20)
        trainer.counters.validate_every_steps = int(value) or automatic
    return SettingChanged(step=trainer.counters.step, field=change.field, old=previous, new=value)
