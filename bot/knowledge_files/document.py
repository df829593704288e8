"""Reads one YAML file into plain values and remembers on which line each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.domain.lint import Path
from bot.knowledge_files.problems import Problem
from bot.knowledge_files.syntax import bytes_problem, syntax_problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TYPED = frozenset(_TAG + kind for kind in ("null", "bool", "int", "float", "timestamp"))


@dataclass(frozen=True)
class Document:
    """A file's values (None when there are none), its lines, and what is wrong with its YAML.

    `readable` is False when the YAML could not be parsed at all.
    """

    file: str
    value: object = None
    root: Node | None = None
    readable: bool = True
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it that exists; 0 for nothing."""
        return _follow(self.root, path)[1]

    def written(self, path: Path) -> str:
        """A single value as it was typed, before YAML made a number or a yes out of it; else ""."""
        node, _, complete = _follow(self.root, path)
        return node.value if complete and isinstance(node, ScalarNode) else ""

    def problem(self, path: Path, message: str, mend: str, entry: str = "") -> Problem:
        return Problem(self.file, self.line(path), entry, message, mend)

    def items(self) -> list[tuple[Path, object]]:
        """The file's records and their paths: a list's items, or the one value itself."""
        if isinstance(self.value, list):
            return [((number,), item) for number, item in enumerate(self.value)]
        return [((), self.value)]


def read_document(file: str, content: bytes) -> Document:
    """Never raises: whatever is wrong with the bytes or the YAML is in the document's problems."""
    if problem := bytes_problem(file, content):
        return Document(file, readable=False, problems=(problem,))
    text = content.decode("utf-8-sig")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        return Document(file, readable=False, problems=(syntax_problem(file, text, error),))
    finally:
        loader.dispose()
    if root is None:
        return Document(file)
    reading = _Reading(file)
    value = reading.value(root, ())
    return Document(file, value, root, problems=tuple(reading.located(value)))


def _follow(root: Node | None, path: Path) -> tuple[Node | None, int, bool]:
    """The node as far along `path` as there is one, its line, and whether that is the end of the path."""
    node, line = root, root.start_mark.line + 1 if root else 0
    for step in path:
        found = _child(node, step)
        if found is None:
            return node, line, False
        node, line = found
    return node, line, True


def _child(node: Node | None, step: str | int) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None


@dataclass
class _Reading:
    """Turns nodes into values, keeping what is wrong on the way."""

    file: str
    found: list[tuple[Path, int, str, str]] = field(default_factory=list)
    inside: set[int] = field(default_factory=set)

    def value(self, node: Node, path: Path) -> object:
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if id(node) in self.inside:
            self._wrong(node, path, "it contains itself, by an alias (*)", "write it out without the alias")
            return None
        self.inside.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self.inside.discard(id(node))

    def located(self, value: object) -> list[Problem]:
        """What was found, each with the id of the entry it stands in."""
        return [
            Problem(self.file, line, entry_id(value, path), message, mend) for path, line, message, mend in self.found
        ]

    def _mapping(self, node: Node, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, child in node.value:
            if not isinstance(key, ScalarNode):
                self._wrong(key, path, "a key must be a word", "put a text that begins with [ or { in quotes")
                continue
            name, line = key.value, key.start_mark.line + 1
            if name in lines:
                message = f'the key "{name}" stands twice, first on line {lines[name]}'
                self._wrong(key, path, message, "keep one of the two, or join them")
                continue
            lines[name] = line
            values[name] = self.value(child, (*path, name))
        return values

    def _scalar(self, node: ScalarNode, path: Path) -> object:
        if node.tag == _TAG + "str":
            return node.value
        if node.tag in _TYPED:
            return _typed(node)
        if node.tag.startswith("!"):
            message = f"a word that begins with ! ({node.tag}) has a meaning of its own in YAML"
            self._wrong(node, path, message, "put the whole text in quotes")
        return node.value

    def _wrong(self, node: Node, path: Path, message: str, mend: str) -> None:
        self.found.append((path, node.start_mark.line + 1, message, mend))


def _typed(node: ScalarNode) -> object:
    """What YAML makes of a bare word: number, date, yes or no; the word itself where that fails."""
    try:
        made: object = SafeConstructor.yaml_constructors[node.tag](SafeConstructor(), node)
    except ValueError:
        return node.value
    return made


def entry_id(value: object, path: Path) -> str:
    """The id, as written, of the record in `value` that `path` leads into; "" when it has none."""
    if isinstance(value, list) and path and isinstance(path[0], int) and path[0] < len(value):
        value = value[path[0]]
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
