"""Terms of the plots, each explained in two sentences."""

from functools import partial

from workbench.widgets.buttons import IconButton
from workbench.widgets.labels import TermLabel
from workbench.widgets.popover import Popover, term_content
from workbench.words import tr


def loss_term() -> TermLabel:
    """What the loss is."""
    return TermLabel(
        tr("Loss"),
        tr("Loss"),
        tr(
            "How surprised the model is by the next letter or word that really comes. Lower is better; the round marks "
            "show it on text that the model never trains on. Bits per character count the yes-or-no questions left; "
            "perplexity tells among how many equally likely ones the model seems to choose."
        ),
    )


def gradient_help() -> IconButton:
    """A button that explains the gradient norm."""
    button = IconButton("help", tr("What the gradient norm is"), role="quiet")
    button.clicked.connect(partial(_explain_gradient, button))
    return button


def _explain_gradient(button: IconButton) -> None:
    popover = Popover(button)
    popover.set_content(
        term_content(
            tr("Gradient norm and clipping threshold"),
            tr(
                "The gradient says where each weight should move; its norm is how far in all. A longer one than the "
                "threshold is shortened to it, so that one odd passage cannot throw the model off. While a run trains "
                "you can drag the dashed line."
            ),
        )
    )
    popover.show_near(button)
