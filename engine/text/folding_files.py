"""The second pass that folds rare characters, over the files of a corpus that is being built."""

from collections.abc import Generator, Mapping

from engine.text.changes import ChangeLog, Position
from engine.text.folding import FALLBACK, Folder, foldings
from engine.text.part_writing import PartWriter, part_writer
from engine.text.splits import read_text, whole_file


def fold_files(
    writers: Mapping[str, PartWriter], rare_below: int, log: ChangeLog
) -> Generator[int, None, dict[str, PartWriter]]:
    """Write every part again without rare characters; yields 0 after each piece. Raises `StorageFailed`.

    Rare is what occurs fewer than `rare_below` times in the text that is trained on; whatever else occurs in the other
    parts alone is folded there, too.
    """
    counts = writers["text"].census.characters()
    table = foldings(counts, rare_below)
    common = frozenset(counts.keys() - table.keys() | {"\n", FALLBACK})
    folded = {}
    for part, writer in writers.items():
        folder = Folder(table, Position(writer.path.name, log), None if part == "text" else common)
        with part_writer(writer.path) as new:
            for piece in read_text(whole_file(writer.path)):
                new.write(folder.feed(piece))
                yield 0
        folded[part] = new
    return folded
