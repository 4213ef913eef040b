"""`storyfold feeds`: what is new comes in once, and whoever serves it is treated well."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api.client import Client
from api.feeds.fetching import Fetcher, FetchFailed
from api.feeds.memory import Memory, Remembered
from api.feeds.outlines import read_outlines
from api.feeds.polling import Pace, Poller
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.outcome import Outcome
from dedupe.errors import UnreadableInput
from dedupe.readers.feed_file import MAX_FEED_BYTES
from dedupe.settings import EngineSettings
from dedupe.store.sql import SqlStore
from tests.soak.serving import serving

FERRY = "The ferry Aurora ran aground at dawn on Monday off the northern breakwater, the coast guard said."
SNOW = "Heavy snow closed the pass to Karsal on Tuesday night, and forty lorries wait in the valley."


def texts(path: Path) -> dict[str, str]:
    store = SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())
    try:
        ids = [change.article_id for change in store.catalogue.changes(0, 100) if change.article_id]
        kept = [store.catalogue.article(one).article for one in dict.fromkeys(ids)]
        return {article.title: article.text for article in kept if article}
    finally:
        store.close()


def test_what_is_new_comes_in_once(site: Any, opml: Any, feeds: Any, tmp_path: Path) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    site.rss("/other", ("Snow closes pass", SNOW), title="</title><language>English</language><title>")
    listed = opml("/news", "/other")
    first = json.loads(feeds(listed, "--allow-private").out)
    assert (first["feeds"], first["opened"], first["failed"], first["failed_feeds"]) == (2, 2, 0, 0)
    again = json.loads(feeds(listed, "--allow-private").out)
    assert (again["articles"], again["unchanged_feeds"], site.answered[304]) == (0, 2, 2)
    site.rss("/news", ("Ferry aground", FERRY + " Nobody was hurt."), ("Snow closes pass", SNOW))
    third = json.loads(feeds(listed, "--allow-private").out)
    assert (third["revised"], third["opened"], third["articles"]) == (1, 0, 2)
    assert texts(tmp_path / "news.db")["Ferry aground"].endswith("Nobody was hurt.")
    agent = {headers["user-agent"] for _, headers in site.asked}
    assert all(re.fullmatch(r"Storyfold/\S+ \(feed reader\)", one) for one in agent)


def test_pages_are_read_only_when_asked_for_and_only_of_new_entries(
    site: Any, opml: Any, feeds: Any, tmp_path: Path
) -> None:
    site.rss("/news", ("Ferry aground", "A ferry ran aground."), ("Snow closes pass", SNOW))
    path = site.page("Ferry aground", FERRY)
    listed = opml("/news")
    ended = feeds(listed, "--allow-private", "--pages")
    assert json.loads(ended.out)["opened"] == 2
    assert texts(tmp_path / "news.db") == {"Ferry aground": FERRY, "Snow closes pass": SNOW}
    assert "answered 404 Not Found; the feed's own text is taken" in ended.err
    site.rss("/news", ("Ferry aground", "A ferry ran aground."), ("Mayor resigns", "The mayor of Norvik resigned."))
    assert json.loads(feeds(listed, "--allow-private", "--pages").out)["articles"] == 1
    assert site.paths().count(path) == 1


@pytest.mark.parametrize("charset", ["iso-8859-1", "no-such-charset"])
def test_a_page_is_read_as_its_server_says(site: Any, opml: Any, feeds: Any, tmp_path: Path, charset: str) -> None:
    site.rss("/news", ("Fähre läuft auf", "Kurz."))
    text = "Die Fähre lief am Montag früh vor der Mole auf Grund; alle 212 Menschen wurden an Land gebracht."
    path = site.page("Fähre läuft auf", text)
    site.bodies[path] = site.bodies[path].decode().encode("iso-8859-1")
    site.refusals[path] = (200, {"Content-Type": f"text/html; charset={charset}"})
    assert json.loads(feeds(opml("/news"), "--allow-private", "--pages").out)["opened"] == 1
    assert texts(tmp_path / "news.db") == {"Fähre läuft auf": text}


def test_a_feed_that_cannot_be_read_is_named_and_the_others_are_read(site: Any, opml: Any, feeds: Any) -> None:
    site.rss("/news", ("Ferry aground", FERRY), ("", ""))
    site.bodies["/page"] = b"<html><body>Hello</body></html>"
    site.bodies["/huge"] = b" " * (MAX_FEED_BYTES + 1)
    site.refusals = {
        "/gone": (410, {}),
        "/busy": (503, {"Retry-After": "90000"}),
        "/round": (302, {"Location": "/round"}),
        "/file": (302, {"Location": "file:///etc/passwd"}),
    }
    listed = opml("/news", "/page", "/huge", "/gone", "/busy", "/round", "/file", "/none")
    ended = feeds(listed, "--allow-private")
    figures = json.loads(ended.out)
    assert (ended.code, figures["opened"], figures["failed_feeds"], figures["failed"]) == (1, 1, 7, 1)
    for said in (
        "/page: is neither RSS nor Atom", "/huge: is longer than 16,000,000 bytes", "take it out of the list",
        "/busy: answered 503", "/round: leads on more than 5 times", "only http and https are read",
        "/none: answered 404 Not Found", "7 of 8 feeds and 1 entries could not be read; the rest is in",
    ):  # fmt: skip
        assert said in ended.err, said
    known = json.loads(listed.with_name("feeds.opml.state.json").read_text())
    wait = {path: known[site.url + path]["due_at"] - time.time() for path in ("/busy", "/none", "/news")}
    assert 89_000 < wait["/busy"] <= 90_000
    assert 500 < wait["/none"] <= 600
    assert wait["/news"] <= 300
    asked = len(site.asked)
    again = json.loads(feeds(listed, "--allow-private").out)
    assert (again["feeds"], again["resting_feeds"], again["unchanged_feeds"]) == (1, 7, 1)
    assert site.paths()[asked:] == ["/news"]


def test_what_a_server_refuses_is_sent_again_and_not_forgotten(site: Any, opml: Any) -> None:
    site.rss("/news", ("Ferry aground", FERRY), ("Snow closes pass", SNOW))
    listed = opml("/news")
    outlines, memory = read_outlines(listed), Memory(listed.with_suffix(".state"))
    taken: list[str] = []
    is_busy = True

    def send(articles: Any) -> list[Outcome]:
        refused = {"Snow closes pass"} if is_busy else set()
        taken.extend(article.title for article in articles if article.title not in refused)
        return [
            Outcome(problem="too much is waiting") if article.title in refused else Outcome(decision="opened")
            for article in articles
        ]

    async def scenario() -> None:
        nonlocal is_busy
        async with Fetcher(allow_private=True, spacing_seconds=0) as fetcher:
            for _ in range(3):
                await Poller(memory, fetcher, send, Pace(every_seconds=1, once=True)).run(outlines)
                is_busy = False

    asyncio.run(scenario())
    assert taken == ["Ferry aground", "Snow closes pass"]
    assert site.answered == {200: 2, 304: 1}


def test_a_server_that_is_away_is_tried_in_the_next_round(
    site: Any, opml: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    listed = opml("/news")
    memory = Memory(listed.with_suffix(".state"))
    asked = 0

    def send(articles: Any) -> list[Outcome]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise CommandFailed("desk.example cannot be reached", ExitCode.SERVER)
        if asked == 2:
            return [Outcome(decision="opened") for _ in articles]
        raise CommandFailed("the disk is full", ExitCode.STORE)

    async def scenario() -> None:
        async with Fetcher(allow_private=True, spacing_seconds=0) as fetcher:
            poller = Poller(memory, fetcher, send, Pace(every_seconds=0.05))
            running = asyncio.ensure_future(poller.run(read_outlines(listed)))
            while not poller.tally.decisions:
                await asyncio.sleep(0.01)
            site.rss("/news", ("Snow closes pass", SNOW))
            with pytest.raises(CommandFailed, match="disk is full"):
                await running

    asyncio.run(scenario())
    assert "desk.example cannot be reached; " in capsys.readouterr().err
    assert memory.of(f"{site.url}/news").failures == 0


def test_people_are_told_in_a_line(site: Any, opml: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    listed = opml("/news", "/none")
    options = [
        "--once",
        "--allow-private",
        "--store",
        f"sqlite:///{tmp_path / 'news.db'}",
        "--state",
        str(tmp_path / "s"),
    ]
    told = []
    for _ in range(2):
        with pytest.raises(SystemExit):
            cli.main(["feeds", str(listed), *options])
        told.append(capsys.readouterr().out)
    assert told == ["2 feeds: 1 opened\n", "1 feeds, 1 left alone for now: nothing new\n"]
    assert not listed.with_name("feeds.opml.state.json").exists()


def test_private_addresses_are_left_alone(site: Any, opml: Any, feeds: Any) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    ended = feeds(opml("/news"))
    assert (ended.code, site.asked) == (1, [])
    assert "is inside a private network; --allow-private" in ended.err


def test_a_feed_that_moved_is_followed_and_the_editor_told(site: Any, opml: Any, feeds: Any) -> None:
    site.rss("/new", ("Ferry aground", FERRY))
    site.refusals = {"/old": (301, {"Location": "/new"}), "/now": (302, {"Location": "/new"})}
    ended = feeds(opml("/old", "/now"), "--allow-private")
    assert json.loads(ended.out)["failed_feeds"] == 0
    assert f"{site.url}/old moved for good to {site.url}/new; change it in the list" in ended.err
    assert "/now moved" not in ended.err


def test_a_server_takes_what_feeds_bring(site: Any, opml: Any, feeds: Any, tmp_path: Path) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    with serving(tmp_path / "served.db") as server:
        assert json.loads(feeds(opml("/news"), "--allow-private", "--server", server.url).out)["opened"] == 1
        with Client(server.url) as client:
            assert [cluster.headline for cluster in client.clusters()] == ["Ferry aground"]
        server.stop()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let what is started be interrupted: what a shell runs in the background ignores that, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_it_goes_on_until_it_is_interrupted(site: Any, opml: Any, tmp_path: Path) -> None:
    site.rss("/news", ("Ferry aground", FERRY))
    listed = opml("/news")
    command = [sys.executable, "-c", "from api.cli import main; main()", "feeds", str(listed), "--every", "1s"]
    options = ["--allow-private", "--store", f"sqlite:///{tmp_path / 'news.db'}"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            end = time.monotonic() + 90
            while site.answered[304] < 2 and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, told.strip().splitlines()[-1]) == (130, "storyfold: interrupted")
    assert site.answered[304] >= 2
    assert site.answered[200] == 1
    assert texts(tmp_path / "news.db") == {"Ferry aground": FERRY}


def test_each_failure_in_a_row_doubles_the_wait_up_to_a_day() -> None:
    known = Remembered()
    waits = []
    for _ in range(12):
        known.failed(0, 300, None)
        waits.append(known.due_at)
    assert waits[:4] == [600, 1_200, 2_400, 4_800]
    assert waits[-1] == 86_400
    known.failed(0, 300, 200_000)
    assert known.due_at == 200_000
    known.succeeded(10, 300)
    assert (known.failures, known.due_at) == (0, 310)


def test_one_host_is_asked_one_thing_at_a_time(site: Any) -> None:
    site.bodies = {f"/{number}": b"x" for number in range(3)}

    async def scenario() -> float:
        async with Fetcher(allow_private=True, spacing_seconds=0.2) as fetcher:
            begun = time.monotonic()
            await asyncio.gather(*(fetcher.fetch(site.url + path, 10) for path in site.bodies))
            return time.monotonic() - begun

    assert asyncio.run(scenario()) >= 0.6


def test_nobody_at_the_address_is_said(opml: Any) -> None:
    async def scenario() -> None:
        async with Fetcher(allow_private=True, spacing_seconds=0) as fetcher:
            with pytest.raises(FetchFailed, match="cannot be reached"):
                await fetcher.fetch("http://127.0.0.1:1/", 10)
            with pytest.raises(FetchFailed, match="cannot be reached"):
                await fetcher.fetch("http://nobody.invalid/", 10)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not OPML"),
        ("<opml><body/></opml>", "lists no feed"),
        ("<opml>\n<outline xmlUrl='file:///etc/passwd'/></opml>", ":2: 'file:///etc/passwd' is no address"),
        ("<opml><outline xmlUrl='http://me@desk.example/'/></opml>", "is no address"),
        ("<opml><outline xmlUrl='http://[::1'/></opml>", "is no address"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_by_place(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "feeds.opml"
    path.write_text(content)
    with pytest.raises(UnreadableInput, match=re.escape(said)):
        read_outlines(path)


def test_a_list_names_each_feed_once(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    one = "<outline text='One' xmlUrl='https://a.example/rss'/>"
    path.write_text(
        f"<opml><body><outline text='F'>{one}{one}</outline><outline xmlUrl='https://b.example/'/></body></opml>"
    )
    assert [(entry.url, entry.name) for entry in read_outlines(path)] == [
        ("https://a.example/rss", "One"), ("https://b.example/", "https://b.example/"),
    ]  # fmt: skip
    with pytest.raises(UnreadableInput, match="No such file"):
        read_outlines(tmp_path / "none.opml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--every", "5"], "is no pause"), (["--state", "{tmp}/none/state.json"], "cannot be written")],
)
def test_a_wrong_command_line_does_nothing(
    opml: Any, feeds: Any, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ended = feeds(opml("/news"), *(one.replace("{tmp}", str(tmp_path)) for one in arguments))
    assert (ended.code, said in ended.err) == (2, True)


def test_a_state_that_is_none_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("[]")
    with pytest.raises(CommandFailed, match="delete it"):
        Memory(path)
    assert path.read_text() == "[]"
