"""Help pages from the program's own resources."""

from importlib import resources

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from workbench.theme.spacing import GAP
from workbench.viewmodels.window.help_pages import option_page
from workbench.words import current_language, tr

OPTIONS = "options"
PAGES = ("first-minutes", "plots", OPTIONS, "writing", "words", "new")


def page_title(name: str) -> str:
    """The title of a help page in the list."""
    return {
        "first-minutes": tr("The first ten minutes"),
        "plots": tr("What the plots mean"),
        OPTIONS: tr("What each option does"),
        "writing": tr("Writing with a model"),
        "words": tr("Words and what they mean"),
        "new": tr("What is new"),
    }[name]


def page_text(name: str) -> str:
    """A page as Markdown, in the person's language where there is one."""
    if name == OPTIONS:
        return option_page()
    folder = resources.files("resources") / "help"
    translated = folder / current_language().name / f"{name}.md"
    return (translated if translated.is_file() else folder / "en" / f"{name}.md").read_text(encoding="utf-8")


class HelpWindow(QWidget):
    """A list of pages at the left, the page at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Textloom help"))
        self.resize(920, 640)
        self.pages = QListWidget()
        self.pages.setAccessibleName(tr("Help pages"))
        self.pages.setMaximumWidth(240)
        for name in PAGES:
            item = QListWidgetItem(page_title(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.pages.addItem(item)
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Help"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._on_link_clicked)
        self.pages.currentItemChanged.connect(self._on_page_chosen)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(self.pages)
        layout.addWidget(self.text, 1)

    def show_page(self, name: str) -> None:
        """Show a page by its name, the first one for an unknown name."""
        self.pages.setCurrentRow(PAGES.index(name) if name in PAGES else 0)
        self.show()
        self.raise_()
        self.activateWindow()

    def _on_page_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setMarkdown(page_text(item.data(Qt.ItemDataRole.UserRole)))

    def _on_link_clicked(self, address: QUrl) -> None:
        self.show_page(address.path().removesuffix(".md"))
