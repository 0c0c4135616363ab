"""Which part of a text the model would write again."""

from workbench.bridge.protocols.writing import Span
from workbench.viewmodels.write.document import OpenDocument


def part_to_rewrite(document: OpenDocument, start: int, stop: int) -> tuple[int, int] | None:
    """The characters that a new continuation takes the place of; None where the model wrote nothing.

    start, stop: what is marked, or twice the caret. What is marked is written again if the model wrote any of it. From
    a caret amid the model's words on, what it wrote up to the person's next words; behind them, the last passage.
    """
    spans = document.document.spans
    if start < stop:
        is_models = any(span.author == "model" and span.start < stop and span.stop > start for span in spans)
        return (start, stop) if is_models else None
    index = next((index for index, span in enumerate(spans) if span.start <= start < span.stop), len(spans))
    end = _end_of_model(spans, index)
    if end > start:
        return start, end
    if index and spans[index - 1].author == "model" and spans[index - 1].stop == start:
        return spans[index - 1].start, start
    return None


def _end_of_model(spans: tuple[Span, ...], index: int) -> int:
    """Where the passages of the model end that begin with this one; -1 if it is not the model's."""
    end = -1
    for span in spans[index:]:
        if span.author != "model":
            break
        end = span.stop
    return end
