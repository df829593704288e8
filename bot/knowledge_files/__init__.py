"""Reads knowledge/ from disk and reports every problem with file, line and entry. Only it knows YAML.

Reading goes one way: bytes -> Document (values with their lines) -> models -> the rules of `bot.domain.lint`.
A record that is partly wrong is judged as far as it can be, so that one run tells a curator everything.
"""

from bot.knowledge_files.loading import Loaded, check, load
from bot.knowledge_files.problems import KnowledgeError, Problem
from bot.knowledge_files.schemas import json_schemas

__all__ = ["KnowledgeError", "Loaded", "Problem", "check", "json_schemas", "load"]
