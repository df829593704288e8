"""Opens the encoder, and prepares it first when that has not been done: a folder with the graph and its receipt.

A prepared folder holds all that is needed from then on: the graph, the tokenizer and the hashes of both. It appears
whole or not at all (written aside, then renamed), so a kill in between leaves nothing half-made.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.encoder.encoding import Encoder, Session
from bot.encoder.graph import write_graph
from bot.encoder.model_files import TOKENIZER_SHA256, WEIGHTS_SHA256, ModelFiles, find_model, sha256_of
from bot.encoder.problems import EncoderMissing
from bot.encoder.tokens import Tokens

PIPELINE = 2
"""Raised whenever a text would get another vector than before: another graph, another way to split long texts."""

GRAPH, TOKENIZER, RECEIPT = "graph.onnx", "tokenizer.json", "receipt.json"


def identity() -> str:
    """Names what makes the vectors: 16 hex digits of the weights', the tokenizer's and the pipeline's content."""
    return hashlib.sha256(f"{WEIGHTS_SHA256} {TOKENIZER_SHA256} {PIPELINE}".encode()).hexdigest()[:16]


def open_encoder(folder: Path | None, cache: Path) -> Encoder:
    """The encoder, ready to use: 0.3 s, or about 1 s the first time, when the graph is written into `cache`.

    `folder` holds model.safetensors and tokenizer.json; None stands for the installed package, whose files are read
    only while nothing is prepared. A named folder is verified every time, so that no wrong model goes unnoticed.
    A damaged prepared folder is written anew. Raises EncoderMissing.
    """
    prepared = cache.expanduser() / f"encoder-{identity()}"
    files = None
    if folder is not None:
        files = find_model(folder.expanduser())
        files.verify()
    if _flaw(prepared):
        _prepare(prepared, files or find_model(None))
    return Encoder(Tokens(prepared / TOKENIZER), _session(prepared / GRAPH), identity())


def _flaw(prepared: Path) -> str:
    """What is wrong with the prepared folder, or nothing."""
    if not prepared.is_dir():
        return "it is not there"
    try:
        receipt = json.loads((prepared / RECEIPT).read_text(encoding="utf-8"))
        expected = {GRAPH: str(receipt["graph_sha256"]), TOKENIZER: TOKENIZER_SHA256}
        if receipt["weights_sha256"] != WEIGHTS_SHA256:
            return "it was made from other weights"
        damaged = [name for name, sha256 in expected.items() if sha256_of(prepared / name) != sha256]
    except (OSError, ValueError, KeyError, TypeError, EncoderMissing):
        return "a file is missing or unreadable"
    return f"{damaged[0]} is damaged" if damaged else ""


def _prepare(prepared: Path, files: ModelFiles) -> None:
    try:
        with _alone(prepared.with_suffix(".lock")):
            if _flaw(prepared):  # another process may have been quicker
                _write(prepared, files)
    except OSError as error:
        raise EncoderMissing(
            f"The sentence encoder could not be prepared in {prepared} ({error.strerror}). Make that folder writable, "
            "or name another in SUPPORT_BOT_CACHE_DIR."
        ) from None


def _write(prepared: Path, files: ModelFiles) -> None:
    files.verify()
    with tempfile.TemporaryDirectory(prefix=f".{prepared.name}-", dir=prepared.parent) as aside:
        made = Path(aside) / prepared.name
        made.mkdir()
        try:
            write_graph(files.weights, made / GRAPH)
        except ImportError as error:
            raise EncoderMissing(
                f"The sentence encoder is not prepared in {prepared}: {_flaw(prepared)}, and {error.name} is not "
                "installed to write it. Run: make model"
            ) from None
        shutil.copyfile(files.tokenizer, made / TOKENIZER)
        receipt = {"weights_sha256": WEIGHTS_SHA256, "graph_sha256": sha256_of(made / GRAPH)}
        (made / RECEIPT).write_text(json.dumps(receipt, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(prepared, ignore_errors=True)
        made.rename(prepared)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Only one process at a time prepares a folder."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _session(graph: Path) -> Session:
    """One thread and no memory arena: more threads cost processor time inside the bot without being quicker, and the
    arena keeps the memory of the longest message for good.

    onnxruntime reports how it is used to its makers unless it is forbidden before it is loaded: it keeps an id of this
    machine in the home folder and sends by HTTPS. Nothing of the kind may leave a patient service.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise EncoderMissing(
            f"onnxruntime, which runs the sentence encoder, cannot be loaded ({error}). Run: make setup"
        ) from None
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        session: Session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common base of their own
        raise EncoderMissing(f"onnxruntime cannot open {graph} ({error}). Delete it and run: make model") from None
    return session
