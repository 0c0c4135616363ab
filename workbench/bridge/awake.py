"""Keeps the machine from sleeping while something trains; the screen may go dark."""

import logging
import threading


class Awake:
    """Held or not. Does nothing where the system offers no way."""

    def __init__(self) -> None:
        self._release: threading.Event | None = None

    def hold(self, is_held: bool) -> None:
        """Keep the machine awake from now on, or let it sleep again. Returns at once."""
        if is_held and self._release is None:
            self._release = threading.Event()
            threading.Thread(target=_hold, args=(self._release,), name="awake", daemon=True).start()
        elif not is_held and self._release is not None:
            self._release.set()
            self._release = None


def _hold(release: threading.Event) -> None:
    try:
        from wakepy import keep

        with keep.running(on_fail="pass"):
            release.wait()
    except Exception:  # to stay awake is a courtesy: training goes on without it
        logging.getLogger("textloom").exception("The machine could not be kept awake")
