"""The cache of vectors: encodes once, survives kills, damage and company, and always gives the right vectors."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import WIDTH, Encoder, VectorCache, vectors_file
from bot.encoder.encoding import Vectors
from bot.encoder.vectors import ENCODE_TEXTS, HEAD_BYTES, ROW

TEXTS = [f"May I do exercise number {number} at home?" for number in range(40)]


class Counting:
    """The real encoder, counting the texts it is given."""

    def __init__(self, encoder: Encoder, identity: str = "") -> None:
        self._encoder = encoder
        self.identity = identity or encoder.identity
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return self._encoder.encode(texts)


@pytest.fixture
def counting(encoder: Encoder) -> Counting:
    return Counting(encoder)


@pytest.fixture
def file(tmp_path: Path, encoder: Encoder) -> Path:
    return vectors_file(tmp_path / "cache", encoder.identity)


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def expected(encoder: Encoder) -> Vectors:
    return encoder.encode(TEXTS)


def assert_right(found: Vectors, expected: Vectors) -> None:
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_known_texts_are_not_encoded_again(counting: Counting, file: Path, expected: Vectors) -> None:
    first = VectorCache(file, counting).vectors(TEXTS)
    assert sorted(counting.encoded) == sorted(TEXTS)
    second = VectorCache(file, counting).vectors(TEXTS)
    assert len(counting.encoded) == len(TEXTS)
    np.testing.assert_array_equal(first, second)
    assert_right(first, expected)


def test_only_new_texts_are_encoded(counting: Counting, file: Path, expected: Vectors) -> None:
    vectors = VectorCache(file, counting)
    vectors.vectors(TEXTS[10:])
    counting.encoded.clear()
    assert_right(vectors.vectors(TEXTS), expected)
    assert sorted(counting.encoded) == sorted(TEXTS[:10])


def test_a_text_that_stands_twice_is_encoded_once(counting: Counting, file: Path) -> None:
    one, other, again = VectorCache(file, counting).vectors(["may i swim", "may i run", "may i swim"])
    assert counting.encoded.count("may i swim") == 1
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_text_and_texts_without_a_word(counting: Counting, file: Path) -> None:
    vectors = VectorCache(file, counting)
    assert vectors.vectors([]).shape == (0, WIDTH)
    for _ in range(2):
        assert not vectors.vectors(["", "\ud83d"])[0].any()
    assert len(counting.encoded) == 2


def test_progress_counts_the_texts_to_encode(counting: Counting, file: Path) -> None:
    told: list[tuple[int, int]] = []
    vectors = VectorCache(file, counting)
    vectors.vectors(TEXTS, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(TEXTS), len(TEXTS))
    told.clear()
    vectors.vectors(TEXTS, progress=lambda done, total: told.append((done, total)))
    assert told == []


@pytest.mark.parametrize("bytes_kept", [0, 1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 5, -1, -ROW.itemsize - 7])
def test_a_file_cut_short_is_mended(
    bytes_kept: int, counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    VectorCache(file, counting).vectors(TEXTS)
    size = file.stat().st_size
    os.truncate(file, bytes_kept if bytes_kept >= 0 else size + bytes_kept)
    assert_right(VectorCache(file, counting, problems.append).vectors(TEXTS), expected)
    assert len(problems) == (0 if bytes_kept == HEAD_BYTES else 1)
    assert file.stat().st_size == size
    counting.encoded.clear()
    assert_right(VectorCache(file, counting, problems.append).vectors(TEXTS), expected)
    assert counting.encoded == []
    assert len(problems) <= 1


@pytest.mark.parametrize("at", [0, 40, HEAD_BYTES + 3, HEAD_BYTES + 100, HEAD_BYTES + 5 * ROW.itemsize - 1])
def test_a_changed_byte_never_reaches_a_vector(
    at: int, counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    VectorCache(file, counting).vectors(TEXTS)
    content = bytearray(file.read_bytes())
    content[at] ^= 0x40
    file.write_bytes(content)
    counting.encoded.clear()
    assert_right(VectorCache(file, counting, problems.append).vectors(TEXTS), expected)
    assert len(counting.encoded) == (len(TEXTS) if at < HEAD_BYTES else 1)
    counting.encoded.clear()
    assert_right(VectorCache(file, counting).vectors(TEXTS), expected)
    assert counting.encoded == []


def test_damage_is_told_once_and_without_any_words(counting: Counting, file: Path, problems: list[str]) -> None:
    VectorCache(file, counting).vectors(TEXTS)
    content = bytearray(file.read_bytes())
    for row in (1, 7):
        content[HEAD_BYTES + row * ROW.itemsize + 50] ^= 1
    file.write_bytes(content)
    vectors = VectorCache(file, counting, problems.append)
    vectors.vectors(TEXTS)
    vectors.vectors(TEXTS)
    assert problems == [f"2 vectors in {file} were damaged; their texts are encoded again."]


def test_a_file_of_zeros_is_started_anew(
    counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(10_000))
    assert_right(VectorCache(file, counting, problems.append).vectors(TEXTS), expected)
    assert len(problems) == 1


def test_vectors_of_another_encoder_are_not_used(encoder: Encoder, counting: Counting, file: Path) -> None:
    VectorCache(file, Counting(encoder, identity="another")).vectors(TEXTS)
    VectorCache(file, counting).vectors(TEXTS)
    assert len(counting.encoded) == len(TEXTS)


def test_without_a_place_to_write_the_vectors_are_right_all_the_same(
    counting: Counting, tmp_path: Path, expected: Vectors, problems: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    vectors = VectorCache(tmp_path / "file" / "vectors", counting, problems.append)
    assert_right(vectors.vectors(TEXTS), expected)
    assert len(problems) == 1


WRITER = textwrap.dedent(
    """
    import hashlib, sys
    from pathlib import Path
    import numpy as np
    from bot.encoder import VectorCache

    class Plain:
        identity = "plain"
        def encode(self, texts):
            print("encoding", flush=True)
            seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
            return np.stack([np.random.default_rng(seed).random(384, np.float32) for seed in seeds])

    first, last, step = map(int, sys.argv[2:])
    problems = []
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(first, last, step):
        texts = [f"text {number}" for number in range(start, start + step)]
        found = VectorCache(Path(sys.argv[1]), Plain(), problems.append).vectors(texts)
        expected = Plain().encode(texts).astype(np.float16).astype(np.float32)
        assert np.array_equal(found, expected)
    print("problems", problems)
    """
)


class Stranger:
    """Stands for the encoder of the writing processes: asked for a text, it would tell."""

    identity = "plain"

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"{len(texts)} texts were lost")


def writer(file: Path, first: int, last: int, step: int) -> subprocess.Popen[str]:
    """A process that waits for a line, then puts the texts first..last into the cache, `step` at a time."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), str(first), str(last), str(step)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    processes = [writer(file, first, first + 400, 1) for first in (0, 400, 800)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        assert process.communicate(timeout=60)[0].splitlines()[-1] == "problems []"
    assert (file.stat().st_size - HEAD_BYTES) == 1200 * ROW.itemsize
    VectorCache(file, Stranger()).vectors([f"text {number}" for number in range(1200)])


def test_a_kill_while_encoding_keeps_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    killed = writer(file, 0, 2000, 2000)
    assert killed.stdin
    assert killed.stdout
    killed.stdin.write("go\n")
    killed.stdin.flush()
    for _ in range(3):
        assert killed.stdout.readline() == "encoding\n"
    killed.kill()
    killed.communicate()
    kept = (file.stat().st_size - HEAD_BYTES) // ROW.itemsize
    assert kept >= 2 * ENCODE_TEXTS
    again = writer(file, 0, 2000, 2000)
    told = again.communicate("go\n", timeout=60)[0].splitlines()
    assert told[-1].startswith("problems")
    assert told.count("encoding") == -(-(2000 - kept) // ENCODE_TEXTS) + 1
