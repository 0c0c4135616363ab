"""What the program is, and whose work it stands on."""

import platform
from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, MARGIN
from workbench.widgets.labels import Body, PageTitle
from workbench.widgets.tables import PlainTableModel, TableView
from workbench.words import tr

PARTS = (
    "torch", "numpy", "PySide6-Essentials", "shiboken6", "pyqtgraph", "platformdirs", "charset-normalizer", "pypdf",
    "beautifulsoup4", "striprtf", "psutil", "tomli-w", "wakepy",
)  # fmt: skip


class AboutDialog(QDialog):
    """Versions and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Textloom"))
        self.resize(560, 520)
        table = TableView()
        table.setAccessibleName(tr("Parts and their licences"))
        table.setModel(PlainTableModel([tr("Part"), tr("Version"), tr("Licence")], _rows()))
        table.resizeColumnsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GAP)
        layout.addWidget(PageTitle(tr("Textloom {version}", version=program_version())))
        layout.addWidget(Body(tr("Train text generators on your own texts, watch them learn, and write with them.")))
        layout.addWidget(Body(tr("Free software under the MIT licence. Your texts stay on this computer.")))
        layout.addWidget(table, 1)
        layout.addWidget(buttons)


def program_version() -> str:
    """The version of the installed program."""
    try:
        return version("textloom")
    except PackageNotFoundError:
        return "0"


def _rows() -> list[list[str]]:
    rows = [["Python", platform.python_version(), "PSF-2.0"], ["Qt", qVersion() or "", "LGPL-3.0"]]
    for name in PARTS:
        try:
            about = metadata(name)
        except PackageNotFoundError:
            continue
        rows.append([name, about["Version"], _licence(about.json)])
    return rows


def _licence(about: dict[str, str | list[str]]) -> str:
    """What the part itself says, in a few words."""
    given = str(about.get("license_expression") or about.get("license") or "")
    named = [text.rpartition(":: ")[2] for text in about.get("classifier", []) if text.startswith("License ::")]
    return given.splitlines()[0][:80] if given else ", ".join(named)
