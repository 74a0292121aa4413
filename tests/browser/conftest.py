"""A real browser before a real server: Debian's chromium, and the application over an index."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest
from werkzeug.serving import make_server

from tests.indexes import write_index
from tests.webui.samples import sample_reports
from webui import create_app

# A page of playwright, which is installed only where a browser is: its types are Any.
OpenPage = Callable[..., Any]

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


def loaded(page: Any) -> Any:
    """A page once all of it is there.

    A click returns as soon as the next document has begun: what is read at once, such as a count,
    whether something is visible or all texts of a kind, could find half of it.
    """
    page.wait_for_load_state()
    return page


def missing(reason: str) -> NoReturn:
    """Skip, or fail where a browser is required (.ci/run requires the one that it installs)."""
    if os.environ.get("GONGKAI_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    app = create_app(write_index(folder, sample_reports()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM.is_file():
        missing("there is no /usr/bin/chromium; apt-get install chromium")
    if not find_spec("playwright"):
        missing("playwright is not installed; pip install playwright")
    sync_api = import_module("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[OpenPage]:
    """open_page(path, **context): a page of its own context, with everything that went wrong on it
    in `.faults`.
    """
    contexts: list[Any] = []

    def open_(path: str, width: int = 1280, **options: Any) -> Any:
        options = {"reduced_motion": "reduce", "locale": "zh-CN"} | options
        context = browser.new_context(
            viewport={"width": width, "height": 800}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console",
            lambda m: (
                page.faults.append(m.text)
                if "Content Security Policy" in m.text
                else None
            ),
        )
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
