"""Broken, hostile and odd GGUF files: each gets its sentence, quickly and in little memory."""

from __future__ import annotations

import struct
import subprocess
import sys
import time

import pytest
from gguf_files import write_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitcheck import catalog
from fitcheck.errors import SourceError
from fitcheck.sources import open_model
from fitcheck.sources.gguf.header import read_header
from fitcheck.sources.gguf.model import gguf_model
from fitcheck.sources.ranges import BytesRanges


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def pair(key: bytes, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: bytes, shape=(32,), kind=0, offset=0) -> bytes:
    return (
        text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        + struct.pack("<IQ", kind, offset)
    )  # fmt: skip


def header(pairs=(), tensors=(), *, version=3, tensor_count=None, pair_count=None) -> bytes:
    counts = (
        len(tensors) if tensor_count is None else tensor_count,
        len(pairs) if pair_count is None else pair_count,
    )
    start = b"GGUF" + struct.pack("<IQQ", version, *counts)
    content = start + b"".join(pairs) + b"".join(tensors)
    return content + bytes(-len(content) % 32) + bytes(4096)


def read(content: bytes):
    return gguf_model((read_header(BytesRanges(content, "m.gguf")),), file="m.gguf")


ALIGNMENT = b"general.alignment"
LLAMA = pair(b"general.architecture", 8, text(b"llama"))
BROKEN = {
    "nothing": b"",
    "another magic": b"GGML" + bytes(100),
    "a zip": b"PK\x03\x04" + bytes(100),
    "version 0": header(version=0),
    "version 99": header(version=99),
    "2^63 tensors": header(tensor_count=2**63),
    "2^64 - 1 pairs": header(pair_count=2**64 - 1),
    "more tensors than there are": header([LLAMA], [tensor(b"a")], tensor_count=100_000),
    "more pairs than there are": header([LLAMA], pair_count=60_000),
    "an endless key": header([struct.pack("<Q", 2**62) + b"key"]),
    "a key of 1 GB": header([struct.pack("<Q", 10**9) + b"key"]),
    "a key without a name": header([pair(b"", 4, bytes(4))]),
    "an endless string": header([text(b"k") + struct.pack("<IQ", 8, 2**63)]),
    "an unknown type": header([pair(b"k", 77, bytes(8))]),
    "an unknown element type": header([pair(b"k", 9, struct.pack("<IQ", 77, 3))]),
    "nested arrays": header([pair(b"k", 9, struct.pack("<IQIQ", 9, 1, 9, 1))]),
    "an endless array": header([pair(b"k", 9, struct.pack("<IQ", 4, 2**61))]),
    "an endless array of strings": header([pair(b"k", 9, struct.pack("<IQ", 8, 2**61))]),
    "an array of strings past the end": header([pair(b"k", 9, struct.pack("<IQ", 8, 3_000_000))]),
    "strings with an endless one": header(
        [pair(b"k", 9, struct.pack("<IQ", 8, 2) + struct.pack("<Q", 2**63))]
    ),
    "a key twice": header([LLAMA, LLAMA]),
    "an alignment of 3": header([pair(ALIGNMENT, 4, struct.pack("<I", 3))], [tensor(b"a")]),
    "an alignment of 0": header([pair(ALIGNMENT, 4, bytes(4))], [tensor(b"a")]),
    "an alignment that is text": header([pair(ALIGNMENT, 8, text(b"x"))], [tensor(b"a")]),
    "no tensors": header([LLAMA]),
    "a tensor twice": header([LLAMA], [tensor(b"a"), tensor(b"a", offset=128)]),
    "a tensor without a name": header([LLAMA], [tensor(b"")]),
    "a tensor with an endless name": header([LLAMA], [struct.pack("<Q", 2**40)]),
    "no dimensions": header([LLAMA], [tensor(b"a", shape=())]),
    "five dimensions": header([LLAMA], [tensor(b"a", shape=(1,) * 5)]),
    "an empty dimension": header([LLAMA], [tensor(b"a", shape=(32, 0))]),
    "a negative dimension": header([LLAMA], [tensor(b"a", shape=(2**64 - 32,))]),
    "a shape that overflows": header([LLAMA], [tensor(b"a", shape=(2**33, 2**33, 2**33))]),
    "rows that are no blocks": header([LLAMA], [tensor(b"a", shape=(33,), kind=12)]),
    "overlapping tensors": header([LLAMA], [tensor(b"a", (64,)), tensor(b"b", (64,), offset=32)]),
    "tensors in a circle": header([LLAMA], [tensor(b"a", (8,), offset=32), tensor(b"b", (8,))]),
    "a hole": header([LLAMA], [tensor(b"a", (8,)), tensor(b"b", (8,), offset=4096)]),
    "an offset past all files": header([LLAMA], [tensor(b"a", (8,), offset=2**63)]),
    "an unknown storage type without a size": header(
        [LLAMA], [tensor(b"a", (2**43,), kind=99), tensor(b"b")]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gets_its_sentence(name) -> None:
    start = time.process_time()
    with pytest.raises(SourceError) as caught:
        read(BROKEN[name])
    assert time.process_time() - start < 5
    assert caught.value.message.count("\n") == 0
    assert caught.value.message.startswith("`m.gguf`")
    assert not caught.value.message.endswith(".")


def test_a_file_cut_anywhere_in_its_header_says_so(tmp_path) -> None:
    model = catalog.load().models.resolve("smollm2-135m")
    (path,) = write_model(tmp_path / "m.gguf", model)
    content = path.read_bytes()
    whole = read_header(BytesRanges(content, "m.gguf"))
    for length in [*range(700), *range(700, whole.header_bytes, 97)]:
        with pytest.raises(SourceError, match=r"ends inside|not a GGUF file"):
            read_header(BytesRanges(content[:length], "m.gguf"))


def test_missing_tensor_data_is_told_and_the_answer_is_still_given() -> None:
    content = header([LLAMA], [tensor(b"a", (4096, 4096))])
    model = read(content)
    assert "incomplete" in " ".join(model.notes)
    assert model.stored[0].stored_bytes == 4096 * 4096 * 4


WORST = r"""
import sys, time
from pathlib import Path
from fitcheck.errors import FitcheckError
from fitcheck.sources import open_model
start = time.process_time()
try:
    print(open_model(sys.argv[1]).notes)
except FitcheckError as error:
    print(error.message)
seconds = time.process_time() - start
status = Path("/proc/self/status")  # Linux only
lines = status.read_text().splitlines() if status.exists() else []
peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
print(seconds, peak / 1024)
"""


def strings_of_zeros(file) -> None:
    file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 1))
    file.write(pair(b"k", 9, struct.pack("<IQ", 8, 3_999_999)))
    file.truncate(10**10)


def as_many_tensors_as_may_be(file) -> None:
    file.write(b"GGUF" + struct.pack("<IQQ", 3, 32_768, 0))
    for i in range(32_768):
        file.write(tensor(b"blk.%d.t%d" % (i % 500, i), (8,), 0, 32 * i))


def many_long_arrays(file) -> None:
    file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 9000))
    array = struct.pack("<IQ1024Q", 10, 1024, *range(2**60, 2**60 + 1024))
    for i in range(9000):
        file.write(pair(b"k%d" % i, 9, array))


@pytest.mark.parametrize("write", [strings_of_zeros, as_many_tensors_as_may_be, many_long_arrays])
def test_the_worst_files_take_neither_long_nor_much(tmp_path, write) -> None:
    path = tmp_path / "m.gguf"
    with path.open("wb") as file:
        write(file)
    command = [sys.executable, "-c", WORST, str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, mebibytes = map(float, shown.splitlines()[-1].split())
    assert seconds < 10  # of CPU time: 0.5 to 1 as it is, minutes if it were read whole
    assert mebibytes < 200


def test_both_byte_orders_and_all_versions_are_read(tmp_path) -> None:
    import gguf

    model = catalog.load().models.resolve("smollm2-135m")
    (path,) = write_model(tmp_path / "big.gguf", model, endian=gguf.GGUFEndian.BIG)
    big = open_model(str(path))
    assert big.architecture.layers == model.architecture.layers
    assert any("big-endian" in note for note in big.notes)
    second = read(header([LLAMA], [tensor(b"a")], version=2))
    assert second.stored[0].tensor.elements == 32
    first = (
        b"GGUF" + struct.pack("<III", 1, 1, 1) + struct.pack("<I", 20) + b"general.architecture"
        + struct.pack("<II", 8, 5) + b"llama" + struct.pack("<I", 1) + b"a"
        + struct.pack("<IIIQ", 1, 32, 0, 0) + bytes(4096)
    )  # fmt: skip
    assert any("version 1" in note for note in read(first).notes)


def test_no_text_of_a_file_reaches_a_terminal_with_controls() -> None:
    nasty = b"\x1b]0;owned\x07\x1b[2J\xff\xfe\xe2\x80\xaeevil\r\n\x00"
    model = read(
        header(
            [
                pair(b"general.architecture", 8, text(nasty)),
                pair(b"general.name", 8, text(nasty)),
                pair(b"\x1b[31mkey", 8, text(nasty)),
            ],
            [tensor(nasty)],
        )
    )
    shown = " ".join((model.name, model.family, *model.notes, model.stored[0].tensor.name))
    assert all(char.isprintable() for char in shown)
    assert "\u202e" not in shown
    with pytest.raises(SourceError) as caught:
        read(header([pair(nasty, 77, b"")]))
    assert all(char.isprintable() for char in caught.value.message)


def test_an_unknown_architecture_still_has_exact_weights() -> None:
    model = read(
        header(
            [pair(b"general.architecture", 8, text(b"brandnew"))],
            [tensor(b"token_embd.weight", (256, 100), 12), tensor(b"x", (32,), 0, 14400)],
        )
    )
    assert model.architecture is None
    assert sum(item.stored_bytes for item in model.stored) == 14400 + 128
    assert "`brandnew` is not known" in model.notes[0]


def test_an_unknown_storage_type_is_measured_by_its_place() -> None:
    model = read(header([LLAMA], [tensor(b"a", (256, 4), 99), tensor(b"b", (8,), 0, 576)]))
    assert model.stored[0].stored_bytes == 576
    assert model.stored[0].storage == "q4_k"  # 4.5 bits


SEED = header(
    [
        LLAMA,
        pair(b"llama.block_count", 4, struct.pack("<I", 2)),
        pair(b"llama.embedding_length", 4, struct.pack("<I", 32)),
        pair(b"llama.attention.head_count", 9, struct.pack("<IQII", 4, 2, 4, 4)),
        pair(b"tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + text(b"a") + text(b"b")),
    ],
    [
        tensor(b"token_embd.weight", (32, 8)),
        tensor(b"blk.0.attn_q.weight", (32, 32), offset=1024),
        tensor(b"blk.1.ffn_down_exps.weight", (32, 32, 2), offset=5120),
    ],
)


@settings(max_examples=200, deadline=1000, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, len(SEED)),
)
def test_no_damage_crashes_the_reader(changes, keep) -> None:
    content = bytearray(SEED[: keep if keep > 600 else len(SEED)])
    for place, value in changes:
        if place < len(content):
            content[place] = value
    try:
        told = read(bytes(content)).notes
    except SourceError as error:
        told = (error.message, error.hint)
    assert all(sentence.isprintable() for sentence in told)


@settings(max_examples=100, deadline=1000)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content) -> None:
    with pytest.raises(SourceError):
        read(b"GGUF\x03\x00\x00\x00" + content)


@pytest.mark.parametrize(
    ("name", "key", "reason"),
    [
        ("bert", "", "does not decode"),
        ("llada", "", "does not decode"),
        ("nanbeige", "num_loops", "several times"),
        ("graniteswitch", "", "switches between adapters"),
        ("llama", "", "is missing"),
    ],
)
def test_what_cannot_be_known_is_said(name, key, reason) -> None:
    pairs = [pair(b"general.architecture", 8, text(name.encode()))]
    if key:
        pairs.append(pair(f"{name}.{key}".encode(), 4, struct.pack("<I", 2)))
    model = read(header(pairs, [tensor(b"blk.0.attn_q.weight", (32, 32))]))
    assert model.architecture is None
    assert reason in model.notes[0]
    assert model.stored[0].stored_bytes == 4096
