"""What letting go of something over the window will do, said while it hangs there."""

from dataclasses import dataclass

from workbench.bridge.protocols.texts import Glance
from workbench.viewmodels.texts.offered import Offered
from workbench.words import number, told, tr

Zone = tuple[str, str, str]  # key, what letting go there does, a line about it
MOST_ONE_EACH = 100  # files that may become a text each: more would bury the other texts
MODEL_SUFFIX = ".textloom"
REFUSED = "refused"


@dataclass(frozen=True)
class DropOffer:
    """What the window shows. A zone has the key one, each, model or refused."""

    headline: str
    zones: tuple[Zone, ...]


def zones_for(offered: Offered, glance: Glance | None = None) -> DropOffer:
    """What can be done with what hangs over the window; without a glance at the files only their names are known."""
    if offered.paths:
        return _of_files(offered, glance)
    if offered.addresses:
        return _refused(tr("That is a web address"), address_sentence())
    return DropOffer(
        tr("Let go to import"),
        (("one", tr("Import this text"), tr("What you dragged becomes a text that you can train on.")),),
    )


def address_sentence() -> str:
    """Why a web address is not taken."""
    return tr("Textloom reads files, not web addresses. Save the page first, then drop the file.")


def _of_files(offered: Offered, glance: Glance | None) -> DropOffer:
    only = offered.paths[0] if len(offered.paths) == 1 else None
    if only is not None and only.suffix.lower() == MODEL_SUFFIX:
        return DropOffer(tr("Let go to write"), (("model", tr("Write with this model"), only.name),))
    if glance is not None and glance.refusal is not None:
        return _refused(tr("No text to import"), told(glance.refusal))
    if glance is not None and glance.num_files == 0 and glance.is_exact:
        return _refused(tr("No text to import"), tr("This folder holds no files. Choose one that holds some."))
    count = len(offered.paths) if glance is None else glance.num_files
    if count == 1:
        name = glance.names[0] if glance is not None and glance.names else offered.paths[0].name
        return _of_one(name)
    return _of_many(count, glance, _in_order(glance, count, offered))


def _of_one(name: str) -> DropOffer:
    sentence = tr("It becomes a text that you can train on. Your file stays as it is.")
    return DropOffer(tr("Let go to import"), (("one", tr("Import {name}", name=name), sentence),))


def _of_many(count: int, glance: Glance | None, order: str) -> DropOffer:
    if glance is not None and not glance.is_exact:
        title = tr("Import more than {count} files as one text", count=number(count - 1))
    else:
        title = tr("Import {count} files as one text, in this order", count=number(count))
    one: Zone = ("one", title, order)
    if count > MOST_ONE_EACH or (glance is not None and not glance.is_exact):
        return DropOffer(tr("Let go to import"), (one,))
    each = tr("Import {count} texts, one each", count=number(count))
    return DropOffer(
        tr("Let go over what you want"), (one, ("each", each, tr("Every file becomes a text of its own.")))
    )


def _in_order(glance: Glance | None, count: int, offered: Offered) -> str:
    names = glance.names if glance is not None else tuple(path.name for path in offered.paths[:5])
    shown = ", ".join(names[:3])
    if glance is not None and glance.folder:
        return tr("{names} and so on, from the folder {folder}.", names=shown, folder=glance.folder)
    return tr("{names} and so on.", names=shown) if count > 3 else shown


def _refused(headline: str, sentence: str) -> DropOffer:
    return DropOffer(headline, ((REFUSED, headline, sentence),))
