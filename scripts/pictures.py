"""Pictures of the results page, light and dark, that the two READMEs open on.

`python scripts/pictures.py` (or `make pictures`) indexes corpus/ into a temporary folder, serves it
on a free port of this machine, and takes each picture with Chromium. Beside them it writes
pictures.json: a digest of each thing that the pictures are made of. `--check` needs no browser. It
says which of these things have changed since, and exits 1 where there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/pictures"
RECORD = FOLDER / "pictures.json"

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]

# Width and height in pixels. One pixel of the page is one of the picture.
PICTURE_SIZE = (1280, 800)
# What a page of the project's own host loads with every view.
MAX_PICTURE_BYTES = 250_000
# Among the first answers are a report that was repaired and one in Taiwan wording.
QUERY = "规范性文件 OR 制度建设"
# A README, the language of its pictures, and that of the browser that takes them.
READMES = (("README.md", "en", "en-GB"), ("README.zh-CN.md", "zh-Hans", "zh-CN"))
SCHEMES = ("light", "dark")
# What a change of can be seen in the pictures. Code is left out: it changes daily, its words and
# their looks stand in these.
SOURCES = {
    "corpus": "corpus/*",
    "words": "index/words/locale/*/LC_MESSAGES/*.po",
    "templates": "webui/templates/*.html",
    "styles and scripts": "webui/static/*",
    "pictures.py": "scripts/pictures.py",
}


def picture_path(language: str, scheme: str) -> Path:
    """Where the picture in a language and a colour scheme stands."""
    return FOLDER / f"results-{language}-{scheme}.png"


def source_digests() -> dict[str, str]:
    """What the pictures are made of, as it is now: its name -> its digest in hexadecimal."""
    return {name: digest(pattern) for name, pattern in SOURCES.items()}


def digest(pattern: str) -> str:
    """The SHA-256 over the names and contents of files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{content} {name}\n".encode())
    return whole.hexdigest()


def write_record(digests: dict[str, str]) -> None:
    """Write down what the pictures are made of."""
    RECORD.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


def faults() -> list[str]:
    """What is not current, a sentence each."""
    missing = [
        f"{path.relative_to(ROOT)} is missing"
        for _, language, _ in READMES
        for scheme in SCHEMES
        if not (path := picture_path(language, scheme)).is_file()
    ]
    if not RECORD.is_file():
        return [*missing, f"{RECORD.relative_to(ROOT)} is missing"]
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    changed = [
        f"the pictures are older than: {name} ({SOURCES[name]})"
        for name, current in source_digests().items()
        if recorded.get(name) != current
    ]
    return missing + changed


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of a server over an index of corpus/; both end with the block."""
    # the settings of whoever makes them must not show in the pictures
    bare = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    with tempfile.TemporaryDirectory() as folder:
        own = ["--index", str(Path(folder) / "index")]
        command = [sys.executable, "-m", "indexer", "index", "corpus", *own]
        subprocess.run(command, cwd=ROOT, env=bare, check=True, capture_output=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "webui", *own, "--port", "0"],
            cwd=ROOT,
            env=bare,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout
            # its first line is the address; none comes where it could not begin
            address = server.stdout.readline().strip()
            if not address:
                sys.exit("the server did not begin; try: gongkai serve")
            yield address
        finally:
            server.terminate()
            server.communicate(timeout=20)


def take(browser: Any, address: str) -> None:
    """Take every picture."""
    width, height = PICTURE_SIZE
    for _, language, locale in READMES:
        asked = urlencode({"q": QUERY, "lang": language})
        for scheme in SCHEMES:
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale=locale,
                reduced_motion="reduce",
            )
            page.goto(f"{address}search?{asked}", wait_until="networkidle")
            page.screenshot(path=picture_path(language, scheme))
            page.close()


def make() -> None:
    """Take the pictures, and record what they are made of."""
    if not CHROMIUM.is_file() or not find_spec("playwright"):
        sys.exit("needs a browser: apt-get install chromium; pip install playwright")
    FOLDER.mkdir(exist_ok=True)
    # before the pictures: what changes meanwhile is told by the next check
    digests = source_digests()
    sync_api = import_module("playwright.sync_api")
    with served() as address, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        take(browser, address)
        browser.close()
    write_record(digests)


def main() -> int:
    """Make or check the pictures; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="say what is not current")
    if not parser.parse_args().check:
        make()
        return 0
    found = faults()
    for fault in found:
        print(f"{fault}; run: make pictures")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
