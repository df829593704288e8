"""The cache of facets: encodes once, survives kills, damage and company, and always gives the right facets."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import FACETS, WIDTH, Encoder, StoredFacets, VectorCache, vectors_file
from bot.encoder.encoding import Vectors
from bot.encoder.row_file import HEAD_BYTES
from bot.encoder.rows import ROW, facets_of, rows_of
from bot.encoder.vectors import ENCODE_TEXTS

TEXTS = [f"May I do exercise number {number} at home?" for number in range(40)]


class Counting:
    """The real encoder, counting the texts it is given."""

    def __init__(self, encoder: Encoder, identity: str = "") -> None:
        self._encoder = encoder
        self.identity = identity or encoder.identity
        self.encoded: list[str] = []

    def facets(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return self._encoder.facets(texts)


@pytest.fixture
def counting(encoder: Encoder) -> Counting:
    return Counting(encoder)


@pytest.fixture
def file(tmp_path: Path, encoder: Encoder) -> Path:
    return vectors_file(tmp_path / "cache", encoder.identity)


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture(scope="module")
def expected(encoder: Encoder) -> Vectors:
    return encoder.facets(TEXTS)


def assert_right(found: StoredFacets, expected: Vectors) -> None:
    facets = found.at(range(len(found)))
    assert facets.dtype == found.meanings.dtype == np.float32
    assert (facets * expected).sum(axis=2).min() > 0.998
    np.testing.assert_allclose(np.linalg.norm(facets, axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(found.meanings, facets[:, 0])


def test_known_texts_are_not_encoded_again(counting: Counting, file: Path, expected: Vectors) -> None:
    first = VectorCache(file, counting).facets(TEXTS)
    assert sorted(counting.encoded) == sorted(TEXTS)
    second = VectorCache(file, counting).facets(TEXTS)
    assert len(counting.encoded) == len(TEXTS)
    np.testing.assert_array_equal(first.at(range(len(TEXTS))), second.at(range(len(TEXTS))))
    np.testing.assert_array_equal(first.meanings, second.meanings)
    assert_right(first, expected)


def test_few_texts_are_fetched_in_the_order_asked(counting: Counting, file: Path, expected: Vectors) -> None:
    stored = VectorCache(file, counting).facets(TEXTS)
    assert len(stored) == len(TEXTS)
    some = stored.at([31, 4, 4])
    np.testing.assert_allclose((some * expected[[31, 4, 4]]).sum(axis=2), 1, atol=0.002)
    assert stored.at([]).shape == (0, FACETS, WIDTH)
    assert stored.at(np.array([7])).shape == (1, FACETS, WIDTH)
    with pytest.raises(IndexError):
        stored.at([len(TEXTS)])


def test_facets_in_memory_serve_as_well(expected: Vectors) -> None:
    stored = StoredFacets.of(expected)
    assert len(stored) == len(TEXTS)
    np.testing.assert_array_equal(stored.at([2, 1]), expected[[2, 1]])
    np.testing.assert_array_equal(stored.meanings, expected[:, 0])
    with pytest.raises(IndexError):
        stored.at([len(TEXTS)])


def test_a_row_keeps_a_facet_of_any_shape() -> None:
    facets = np.zeros((1, FACETS, WIDTH), np.float32)
    facets[0, 1, 7] = 1  # all in one number
    facets[0, 2:] = WIDTH**-0.5
    kept = facets_of(rows_of([b"k" * 32], facets))
    np.testing.assert_allclose(kept, facets, atol=1e-6)


def test_only_new_texts_are_encoded(counting: Counting, file: Path, expected: Vectors) -> None:
    vectors = VectorCache(file, counting)
    vectors.facets(TEXTS[10:])
    counting.encoded.clear()
    assert_right(vectors.facets(TEXTS), expected)
    assert sorted(counting.encoded) == sorted(TEXTS[:10])


def test_a_text_that_stands_twice_is_encoded_once(counting: Counting, file: Path) -> None:
    for _ in range(2):
        stored = VectorCache(file, counting).facets(["may i swim", "may i run", "may i swim"])
        for one, other, again in (stored.meanings, stored.at([0, 1, 2])):
            np.testing.assert_array_equal(one, again)
            assert not np.array_equal(one, other)
    assert counting.encoded.count("may i swim") == 1


def test_no_text_and_texts_without_a_word(counting: Counting, file: Path) -> None:
    vectors = VectorCache(file, counting)
    assert vectors.facets([]).meanings.shape == (0, WIDTH)
    for _ in range(2):
        assert not vectors.facets(["", "\ud83d"]).at([0]).any()
    assert len(counting.encoded) == 2


def test_progress_counts_the_texts_to_encode(counting: Counting, file: Path) -> None:
    told: list[tuple[int, int]] = []
    vectors = VectorCache(file, counting)
    vectors.facets(TEXTS, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(TEXTS), len(TEXTS))
    told.clear()
    vectors.facets(TEXTS, lambda done, total: told.append((done, total)))
    assert told == []


@pytest.mark.parametrize("bytes_kept", [0, 1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 5, -1, -ROW.itemsize - 7])
def test_a_file_cut_short_is_mended(
    bytes_kept: int, counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    VectorCache(file, counting).facets(TEXTS)
    size = file.stat().st_size
    os.truncate(file, bytes_kept if bytes_kept >= 0 else size + bytes_kept)
    assert_right(VectorCache(file, counting, problems.append).facets(TEXTS), expected)
    assert len(problems) == (0 if bytes_kept in (0, HEAD_BYTES) else 1)
    assert file.stat().st_size == size
    counting.encoded.clear()
    assert_right(VectorCache(file, counting, problems.append).facets(TEXTS), expected)
    assert counting.encoded == []
    assert len(problems) <= 1


@pytest.mark.parametrize("at", [0, 40, HEAD_BYTES + 3, HEAD_BYTES + 100, HEAD_BYTES + 5 * ROW.itemsize - 1])
def test_a_changed_byte_never_reaches_a_vector(
    at: int, counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    VectorCache(file, counting).facets(TEXTS)
    content = bytearray(file.read_bytes())
    content[at] ^= 0x40
    file.write_bytes(content)
    counting.encoded.clear()
    assert_right(VectorCache(file, counting, problems.append).facets(TEXTS), expected)
    assert len(counting.encoded) == (len(TEXTS) if at < HEAD_BYTES else 1)
    counting.encoded.clear()
    assert_right(VectorCache(file, counting).facets(TEXTS), expected)
    assert counting.encoded == []


def test_damage_is_told_once_and_without_any_words(counting: Counting, file: Path, problems: list[str]) -> None:
    VectorCache(file, counting).facets(TEXTS)
    content = bytearray(file.read_bytes())
    for row in (1, 7):
        content[HEAD_BYTES + row * ROW.itemsize + 50] ^= 1
    file.write_bytes(content)
    vectors = VectorCache(file, counting, problems.append)
    vectors.facets(TEXTS)
    vectors.facets(TEXTS)
    assert problems == [f"{file} was damaged in 2 places; those texts are encoded again."]


def test_a_file_of_zeros_is_started_anew(
    counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(10_000))
    assert_right(VectorCache(file, counting, problems.append).facets(TEXTS), expected)
    assert len(problems) == 1


def cut_short(file: Path) -> None:
    os.truncate(file, HEAD_BYTES + 3 * ROW.itemsize)


def started_anew_with_other_texts(file: Path) -> None:
    foreign = np.random.default_rng(0).normal(size=(len(TEXTS), FACETS, WIDTH)).astype(np.float32)
    with file.open("r+b") as content:
        content.seek(HEAD_BYTES)
        content.write(rows_of([bytes([number]) * 32 for number in range(len(TEXTS))], foreign).tobytes())


def changed_in_one_byte(file: Path) -> None:
    with file.open("r+b") as content:
        content.seek(HEAD_BYTES + 9 * ROW.itemsize + 2000)
        content.write(b"\x99\x66")


@pytest.mark.parametrize("damage", [cut_short, started_anew_with_other_texts, changed_in_one_byte, Path.unlink])
def test_what_happens_to_the_file_later_never_reaches_a_facet(
    damage: Callable[[Path], None], counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    stored = VectorCache(file, counting, problems.append).facets(TEXTS)
    damage(file)
    assert_right(stored, expected)
    assert len(problems) == (0 if damage == Path.unlink else 1)
    counting.encoded.clear()
    assert_right(stored, expected)
    assert counting.encoded == []


def test_vectors_of_another_encoder_are_not_used(encoder: Encoder, counting: Counting, file: Path) -> None:
    VectorCache(file, Counting(encoder, identity="another")).facets(TEXTS)
    VectorCache(file, counting).facets(TEXTS)
    assert len(counting.encoded) == len(TEXTS)


def test_without_a_place_to_write_the_vectors_are_right_all_the_same(
    counting: Counting, tmp_path: Path, expected: Vectors, problems: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "vectors", tmp_path):
        problems.clear()
        stored = VectorCache(path, counting, problems.append).facets(TEXTS)
        assert_right(stored, expected)
        assert_right(stored, expected)
        assert len(problems) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_file_that_may_only_be_read_is_read(
    counting: Counting, file: Path, expected: Vectors, problems: list[str]
) -> None:
    VectorCache(file, counting).facets(TEXTS[:30])
    file.chmod(0o400)
    counting.encoded.clear()
    assert_right(VectorCache(file, counting, problems.append).facets(TEXTS), expected)
    assert sorted(counting.encoded) == sorted(TEXTS[30:])
    assert len(problems) == 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sees what is open through /proc")
def test_the_file_is_closed_with_the_last_who_uses_it(counting: Counting, file: Path) -> None:
    stored = VectorCache(file, counting).facets(TEXTS)
    assert file in opened()
    del stored
    assert file not in opened()


def opened() -> list[Path]:
    return [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.exists()]


WRITER = textwrap.dedent(
    """
    import hashlib, sys
    from pathlib import Path
    import numpy as np
    from bot.encoder import VectorCache

    class Plain:
        identity = "plain"
        def facets(self, texts):
            print("encoding", flush=True)
            seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
            facets = np.stack([np.random.default_rng(seed).random((11, 384), np.float32) for seed in seeds])
            return facets / np.linalg.norm(facets, axis=2, keepdims=True)

    first, last, step = map(int, sys.argv[2:])
    problems = []
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(first, last, step):
        texts = [f"text {number}" for number in range(start, start + step)]
        found = VectorCache(Path(sys.argv[1]), Plain(), problems.append).facets(texts).at(range(step))
        assert np.abs(found - Plain().facets(texts)).max() < 0.001
    print("problems", problems)
    """
)


class Stranger:
    """Stands for the encoder of the writing processes: asked for a text, it would tell."""

    identity = "plain"

    def facets(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"{len(texts)} texts were lost")


def writer(file: Path, first: int, last: int, step: int, before: str = "") -> subprocess.Popen[str]:
    """A process that waits for a line, then puts the texts first..last into the cache, `step` at a time."""
    process = subprocess.Popen(
        [sys.executable, "-c", before + WRITER, str(file), str(first), str(last), str(step)],
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
    VectorCache(file, Stranger()).facets([f"text {number}" for number in range(1200)])


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


def test_a_full_disk_is_told_once_and_the_next_start_goes_on(tmp_path: Path) -> None:
    file, room = tmp_path / "vectors", HEAD_BYTES + ENCODE_TEXTS * ROW.itemsize + 100_000
    no_room = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
    told = writer(file, 0, 1200, 1200, no_room).communicate("go\n", timeout=60)[0].splitlines()
    assert told[-1] == f"problems ['{file} cannot be written (File too large); the facets are kept in memory.']"
    assert file.stat().st_size == room
    again = writer(file, 0, 1200, 1200).communicate("go\n", timeout=60)[0].splitlines()
    assert again.count("encoding") == 3  # what was not written, and once to compare
    assert (file.stat().st_size - HEAD_BYTES) == 1200 * ROW.itemsize


READER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from bot.encoder import VectorCache

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    class Stranger:
        identity = "plain"

    texts = [str(number) for number in range(int(sys.argv[2]))]
    before = resident()
    stored = VectorCache(Path(sys.argv[1]), Stranger()).facets(texts)
    for start in range(0, len(texts), 50):
        stored.at(range(start, start + 50))
    print(resident() - before)
    """
)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="sees how much memory is in use through /proc")
def test_the_facets_on_disk_stay_out_of_memory(tmp_path: Path) -> None:
    file, count = tmp_path / "vectors", 8000
    facets = np.random.default_rng(0).normal(size=(1000, FACETS, WIDTH)).astype(np.float32)

    class Same(Stranger):
        def facets(self, texts: Sequence[str]) -> Vectors:
            return facets[: len(texts)]

    VectorCache(file, Same()).facets([str(number) for number in range(count)])
    done = subprocess.run([sys.executable, "-c", READER, str(file), str(count)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 0.8 * file.stat().st_size
