"""XML read as a stream of starts, ends and characters; documents that define entities are refused.

Nothing is resolved from outside, no tree is built, and an entity bomb ends at its first declaration.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from engine.errors import BadInput

MAX_DEPTH = 2_000


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins: its name and its attributes' names without namespace."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """An element ends."""

    name: str


XmlEvent = Start | End | str


def xml_events(chunks: Iterable[bytes], file_name: str) -> Iterator[XmlEvent]:
    """Starts, ends and character data in document order. Raises `BadInput` for broken or hostile XML."""
    events: list[XmlEvent] = []
    parser = _parser(events, file_name)
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield from events
            events.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadInput(
            "{name} is damaged: its text breaks off or is garbled inside ({reason}).",
            name=file_name, reason=str(error),
        ) from error  # fmt: skip
    yield from events


def _parser(events: list[XmlEvent], file_name: str) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 2**16
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise BadInput("{name} is not read: its parts are nested too deeply.", name=file_name)
        events.append(Start(_local(name), {_local(key): value for key, value in attributes.items()}))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        events.append(End(_local(name)))

    def entity(*_declaration: object) -> None:
        raise BadInput("{name} is not read: it defines entities, which no document needs.", name=file_name)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = events.append
    parser.EntityDeclHandler = entity
    return parser


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
