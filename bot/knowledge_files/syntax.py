"""Says in plain words why a file is not readable as YAML."""

from __future__ import annotations

import re

import yaml
from yaml.reader import Reader

from bot.knowledge_files.problems import Problem

_ID = re.compile(r"^\s*(?:-\s+)?id:\s*[\"']?([^\s\"'#]+)")

# What a parser says (either of YAML's two), in part -> what a curator should look for.
_PLAIN: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "a colon in an unquoted text, or a line that is indented differently from the one above",
        "put a text that contains a colon in quotes; start keys of one entry in the same column",
    ),
    (
        "found unexpected end of stream",
        "a quote that is opened here is never closed",
        "close it with the same kind of quote",
    ),
    (
        "found unexpected document indicator",
        "a quote is opened and not closed before ---",
        "close it with the same kind of quote",
    ),
    (
        "unknown escape character",
        "a backslash inside double quotes has a meaning of its own",
        "use single quotes around the text, or write \\\\ for one backslash",
    ),
    (
        "could not find expected ':'",
        "this line is neither a key with a colon nor part of the text above it",
        "add the colon, or indent the line so that it belongs to the text above",
    ),
    (
        "cannot start any token",
        "a text may not begin with this character unless it is in quotes",
        "put the whole text in quotes",
    ),
    (
        "alphabetic or numeric character",
        "an unquoted text begins with * or &, which have a meaning of their own in YAML",
        "put the whole text in quotes",
    ),
    (
        "undefined alias",
        "an unquoted text begins with *, which has a meaning of its own in YAML",
        "put the whole text in quotes",
    ),
    (
        "single document",
        "a line of --- splits the file in two",
        "remove it; several entries in one file are a list, each beginning with `- id:`",
    ),
    (
        "comment or line break",
        "text follows | or > on the same line",
        "put the text on the next line, indented; or put it in quotes if it begins with | or >",
    ),
    (
        "chomping or indentation",
        "text follows | or > on the same line",
        "put the text on the next line, indented; or put it in quotes if it begins with | or >",
    ),
    (
        "sequence entries are not allowed",
        "a list item stands where a text is expected",
        "start the list on the next line; put a text that begins with a dash in quotes",
    ),
    (
        "',' or ']'",
        "a list that begins with [ is never closed, or lacks a comma",
        "close it with ]; put a text that begins with [ in quotes",
    ),
    (
        "',' or '}'",
        "something that begins with { is never closed, or lacks a comma",
        "close it with }; put a text that begins with { in quotes",
    ),
    (
        "",
        "this does not fit what is above: it is indented differently, or text follows a closing quote",
        "start all keys of an entry in the same column; put a whole text in quotes, with '' for a ' in it",
    ),
)


def bytes_problem(file: str, content: bytes) -> Problem | None:
    """Why the bytes are not a text at all, or None."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        byte, number = content[error.start], error.start - start + 1
        message = f"the file is not UTF-8: byte {number} of this line is {byte:#04x}"
        return Problem(file, line, "", message, "save the file with the encoding UTF-8")
    bad = Reader.NON_PRINTABLE.search(text)
    if bad is None:
        return None
    line = text.count("\n", 0, bad.start()) + 1
    message = f"a character that cannot be seen stands here (U+{ord(bad.group()):04X})"
    return Problem(file, line, _entry_above(text, line), message, "remove it, or type the text again")


def syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """`error` in plain words, with the line where it is best looked for and the entry around that line."""
    said = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or error}"
    line = _line(error, said)
    shown = "".join(text.splitlines()[max(line - 1, 0) : line])
    entry = _entry_above(text, line)
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        return Problem(file, line, entry, "a tab stands at the start of this line", "indent with spaces only")
    _, message, mend = next(known for known in _PLAIN if known[0] in said)
    return Problem(file, line, entry, message, mend)


def _line(error: yaml.YAMLError, said: str) -> int:
    """Where an unclosed quote begins says more than where the file ends."""
    unclosed = "unexpected end of stream" in said or "unexpected document indicator" in said
    first, second = ("context_mark", "problem_mark") if unclosed else ("problem_mark", "context_mark")
    mark = getattr(error, first, None) or getattr(error, second, None)
    return mark.line + 1 if mark else 0


def _entry_above(text: str, line: int) -> str:
    """The id nearest above `line`: the entry that the line most likely belongs to."""
    for above in reversed(text.splitlines()[:line]):
        if found := _ID.match(above):
            return found.group(1)
    return ""
