"""`gongkai ...`: the command line.

Commands print what a script can use on standard output and what a person should know on standard
error. Exit status: 0 done, 1 it could not be done (nothing readable, no index), 2 wrong use.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import json
import math
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from index.model.errors import GongkaiError, RequestError
from index.model.fields import FACETS, SORTS, Facet, Use, names_for
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import SETTINGS, Settings
from index.query.field_values import year_digits
from index.search.request import (
    EXCLUDED_PREFIX,
    MATCH_MODES,
    SearchRequest,
    typed_values,
)
from index.search.response import Hit, QueryEcho, SearchResponse
from index.studies.divisions import BY

if TYPE_CHECKING:
    from index.engines.seam import Manifest
    from indexer.corpus import Skip
    from indexer.overrides import Overrides
    from indexer.page import Source

__all__ = ["main"]

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """Our own commands, and those that other rooms register under `gongkai.commands` (serve)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(
            {
                *super().list_commands(ctx),
                *(e.name for e in entry_points(group="gongkai.commands")),
            }
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name; another room's is loaded only when it is asked for."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = [
            e for e in entry_points(group="gongkai.commands") if e.name == cmd_name
        ]
        return found[0].load() if found else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what we raise on purpose becomes one line and a status."""
        _never_fail_to_encode()
        try:
            return super().invoke(ctx)
        except RequestError as error:
            click.echo(f"gongkai: {error}", err=True)
            ctx.exit(2)
        except GongkaiError as error:
            click.echo(f"gongkai: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            # the reader of our output (head, less) has seen enough
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            click.echo(f"gongkai: {_system_reason(error)}", err=True)
            ctx.exit(1)


# What to do about an error of the system.
_SYSTEM_ADVICE = {
    errno.ENOSPC: "free space on the disk, then run again",
    errno.EDQUOT: "free space or raise the quota, then run again",
    errno.EFBIG: "raise the limit of file sizes (ulimit -f), then run again",
    errno.EROFS: "choose a folder that can be written with --index",
    errno.EACCES: "change its permissions, or choose another folder with --index",
    errno.EPERM: "change its permissions, or choose another folder with --index",
    errno.EMFILE: "raise the limit of open files (ulimit -n), then run again",
    errno.ENFILE: "close other programs, then run again",
    errno.ENOMEM: "free memory, then run again",
}


def _system_reason(error: OSError) -> str:
    """An error of the system in one line: what, where, and what to do."""
    where = f" ({error.filename})" if error.filename else ""
    advice = _SYSTEM_ADVICE.get(error.errno or 0, "mend it, then run again")
    return f"{error.strerror or error}{where}; the index is as it was; {advice}"


def _never_fail_to_encode() -> None:
    """Print what a terminal or pipe of another encoding (GBK, ASCII) lacks as JSON escapes."""
    codecs.register_error("json-escape", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="json-escape")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    return json.dumps(lacking)[1:-1], error.end


class IndexCommand(click.Command):
    """`index`, whose --wait may stand alone: what follows it is a number, or else a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give a --wait that stands alone its value."""
        given = list(args)
        for at, argument in enumerate(args):
            behind = args[at + 1 : at + 2]
            if argument == "--wait" and not (behind and _is_number(behind[0])):
                given[at] = "--wait=inf"
        return super().parse_args(ctx, given)


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False


def index_option(command: Command) -> Command:
    """--index, the same everywhere."""
    return click.option(
        "--index",
        "index_dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the index.  [default: GONGKAI_INDEX, or index/data]",
    )(command)


def filter_options(command: Command) -> Command:
    """One repeatable option a facet, and the query's other parameters."""
    for facet in reversed(FACETS):
        option = "--" + facet.name.replace("_", "-")
        text = (
            f"Only this {facet.label_en.lower()} ({facet.label_zh}); repeat for more."
        )
        command = click.option(option, facet.name, multiple=True, help=text)(command)
        command = _exclusion(command, option, facet)
    command = click.option(
        "--where",
        multiple=True,
        help="A condition on a number, as in 'year>=2018' or '不予公开>=5'.",
    )(command)
    return click.option(
        "--match",
        type=click.Choice(MATCH_MODES),
        default="auto",
        help="How words typed bare are read: whole, as words, or most of the words.",
    )(command)


def _exclusion(command: Command, option: str, facet: Facet) -> Command:
    """The option that leaves out what `option` chooses."""
    return click.option(
        option.replace("--", "--not-"),
        EXCLUDED_PREFIX + facet.name,
        multiple=True,
        help=f"Without this {facet.label_en.lower()}; repeat for more.",
    )(command)


def json_option(command: Command) -> Command:
    """--json, the same everywhere."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("gongkai"), prog_name="gongkai")
@click.option(
    "--engine",
    type=click.Choice(("whoosh", "opensearch")),
    help="What keeps the index: a folder, or a cluster.  [default: GONGKAI_ENGINE, or whoosh]",
)
def main(engine: str | None) -> None:
    """Search the annual reports on information disclosure of China's government bodies.

    \b
    gongkai index corpus/                     make or update the index
    gongkai search '行政复议 level:县区级'      search it
    gongkai serve                             pages and JSON at http://127.0.0.1:8080/
    """
    if engine is not None:
        # every command, of every room, and their processes read it there
        os.environ["GONGKAI_ENGINE"] = engine


# ---------------------------------------------------------------------- writing
@main.command("index", cls=IndexCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@click.option(
    "--rebuild",
    is_flag=True,
    help="Write the whole index anew, of these PATHs alone; readers keep the old one until it is "
    "done. What came from other paths is gone, with a warning: name all that the index is of.",
)
@click.option(
    "--sync",
    is_flag=True,
    help="Delete reports whose files have vanished from these paths.",
)
@click.option(
    "--gone",
    is_flag=True,
    help="With --sync: delete the reports of PATHs that are there no more, too.",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 64),
    help="Processes that read.  [default: one a core]",
)
@click.option(
    "--overrides",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A curator's corrections (CSV).",
)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0),
    metavar="[SECONDS]",
    help="Wait so long for another writer; without a number, for ever.  [default: 10]",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Go on, and keep in step with what is added, changed and deleted under the paths.",
)
@json_option
def index_command(
    paths: tuple[Path, ...],
    index_dir: Path | None,
    rebuild: bool,
    sync: bool,
    gone: bool,
    jobs: int | None,
    overrides: Path | None,
    wait_s: float | None,
    watch: bool,
    as_json: bool,
) -> None:
    """Add and update reports from folders, files, .zip, .warc and .jsonl.

    Unchanged files are skipped. Whatever cannot be read is listed with its reason, and the rest
    goes on.
    """
    if gone and (watch or not sync):
        raise click.UsageError("--gone goes with --sync, and not with --watch")
    _warm_workers(paths)
    from indexer.build import build  # noqa: PLC0415  the readers take a second to load; other commands need none
    from indexer.overrides import Overrides  # noqa: PLC0415

    settings = Settings.from_environment(index=index_dir, jobs=jobs)
    curated = Overrides.load(overrides) if overrides else None
    update = partial(build, paths, settings, overrides=curated)
    if watch:
        _watch(paths, settings, partial(update, sync=True), as_json=as_json)
        return
    with _progress(quiet=as_json) as show:
        update = partial(update, rebuild=rebuild, sync=sync, gone=gone)
        tally = update(progress=show, wait_s=wait_s)
    _tell_tally(tally, as_json=as_json)
    if sync and not gone:
        _tell_missing(paths)
    _tell_dropped(tally)
    if tally.skipped and not tally.read:
        raise SystemExit(1)


def _tell_missing(paths: Iterable[Path]) -> None:
    """Say how to delete what came from a path that is there no more."""
    missing = [str(path) for path in paths if not os.path.lexists(path)]
    if missing:
        named = shlex.join(missing)
        click.echo(
            "gongkai: what came from paths that are not there stays in the index; "
            f"to delete it, run: gongkai index --sync --gone {named}",
            err=True,
        )


# Names of folders in the warning that follows a rebuild.
_MOST_NAMES = 8


def _tell_dropped(tally: Any) -> None:
    """Warn of the reports that a rebuild left out because they are below none of its paths."""
    if not tally.dropped:
        return
    names = [*tally.dropped]
    named = ", ".join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        named += f" and {len(names) - _MOST_NAMES} more"
    dropped = sum(tally.dropped.values())
    click.echo(
        f"gongkai: warning: {_counted(dropped, 'report')} of the index before came from none of "
        f"these paths, and --rebuild has left them out (from {named}); to have them again, run "
        "gongkai index with the paths that they came from, without --rebuild",
        err=True,
    )


def _watch(
    paths: tuple[Path, ...],
    settings: Settings,
    update: Callable[..., Any],
    *,
    as_json: bool,
) -> None:
    """Keep the index in step, one tally a build, until SIGTERM or Ctrl-C."""
    from indexer.watch import keep_in_step  # noqa: PLC0415  needed here only

    for path in paths:
        if not path.exists():
            raise click.BadParameter(f"there is no such file or folder: {path}")

    def build_and_tell() -> None:
        _tell_tally(update(wait_s=math.inf), as_json=as_json)
        sys.stdout.flush()

    def tell(error: GongkaiError) -> None:
        click.echo(f"gongkai: {error}; trying again in a minute", err=True)

    keep_in_step(paths, settings, build_and_tell, tell)


# What most often needs no worker: a few small texts.
_PLAIN_SUFFIXES = (".txt", ".json", ".jsonl")


def _warm_workers(paths: Iterable[Path]) -> None:
    """Have workers load the readers while this process does, where they will be needed."""
    from indexer.workers import warm  # noqa: PLC0415  only commands that read documents

    if any(path.suffix.lower() not in _PLAIN_SUFFIXES for path in paths):
        warm()


def _tell_tally(tally: Any, *, as_json: bool) -> None:
    if as_json:
        click.echo(_json({**_plain(tally), "skipped": tally.skipped}))
    else:
        _print_tally(tally)


def _plain(tally: Any) -> dict[str, Any]:
    names = (
        "added",
        "updated",
        "unchanged",
        "deleted",
        "skipped",
        "reports",
        "outdated",
        "dropped",
        "seconds",
    )
    return {name: getattr(tally, name) for name in names}


def _print_tally(tally: Any) -> None:
    for skip in tally.skipped:
        click.echo(f"skipped {skip['source']}: {skip['reason']}", err=True)
    click.echo(
        f"{tally.added} added, {tally.updated} updated, {tally.unchanged} unchanged, "
        f"{tally.deleted} deleted, {len(tally.skipped)} skipped; "
        f"{_counted(tally.reports, 'report')} in the index, {tally.seconds:.1f} s"
    )
    if tally.outdated:
        click.echo(f"{tally.outdated} of them were not met: {_OUTDATED}", err=True)


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Any], None]]:
    """A counter on a terminal; one line a thousand documents elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield _log_line
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415  terminals only

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(tally: Any) -> None:
            text = f"{tally.read} read, {len(tally.skipped)} skipped"
            bar.update(task, description=text)

        yield show


def _log_line(tally: Any) -> None:
    done = tally.added + tally.updated
    if done and done % 1000 == 0:
        click.echo(f"{done} reports read", err=True)


# ---------------------------------------------------------------------- reading
def _typed(text: str) -> str:
    """What was typed, where the shell's encoding is not that of its locale.

    Python keeps bytes that are no text of the locale as surrogates. They are UTF-8, or GBK of a
    Chinese terminal. Raises click.BadParameter where they are neither.
    """
    if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return os.fsencode(text).decode(encoding)
    raise click.BadParameter("it is neither UTF-8 nor GBK; set the terminal to UTF-8")


def _request(
    query: str,
    match: str,
    where: tuple[str, ...],
    filters: dict[str, tuple[str, ...]],
    **more: Any,
) -> SearchRequest:
    chosen: dict[str, tuple[str, ...]] = {}
    without: dict[str, tuple[str, ...]] = {}
    for name, values in filters.items():
        place = without if name.startswith(EXCLUDED_PREFIX) else chosen
        if values:
            typed = typed_values(name, map(_typed, values))
            place[name.removeprefix(EXCLUDED_PREFIX)] = typed
    return SearchRequest(
        q=_typed(query),
        filters=chosen,
        without=without,
        where=where,
        match=match,
        **more,
    )


def _searcher(index_dir: Path | None) -> Any:
    from index.search.searcher import Searcher  # noqa: PLC0415  loads numpy and the dictionary: only commands that search

    searcher = Searcher.open(Settings.from_environment(index=index_dir))
    _warn_of_age(searcher.manifest)
    return searcher


# What to do about reports that older readers, repairs or rules have derived.
_OUTDATED = (
    "an older version of the readers, repairs and rules derived them; "
    "run `gongkai index PATH...` on their files to derive them again"
)


def _warn_of_age(manifest: Manifest) -> None:
    """Say on standard error when an index is served that this version would derive otherwise."""
    from index.documents.identity import is_current  # noqa: PLC0415  loads numpy

    if manifest.reports and not is_current(manifest):
        click.echo(f"gongkai: not all reports are up to date: {_OUTDATED}", err=True)


def _no_option(_: click.Context, __: click.Parameter, query: str) -> str:
    """-免费 is a query; --levle is an option that there is not."""
    if query.startswith("--"):
        raise click.NoSuchOption(query.partition("=")[0])
    return query


def _year(_: click.Context, option: click.Parameter, typed: str | None) -> int | None:
    """2021, ２０２１ and 二〇二一年 are one year."""
    if typed is None:
        return None
    digits = year_digits(_typed(typed))
    if not digits.isascii() or not digits.isdigit():
        raise click.BadParameter(
            f"{typed!r} is no year; write digits: 2021", param=option
        )
    return int(digits)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", default="", callback=_no_option)
@index_option
@filter_options
@click.option("--year-from", callback=_year, help="The first reporting year.")
@click.option("--year-to", callback=_year, help="The last reporting year.")
@click.option(
    "--sort", type=click.Choice(SORTS), default="relevance", show_default=True
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="How many hits.",
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--fold",
    is_flag=True,
    help="Show copies of one report as one hit, with the others listed.",
)
@click.option(
    "--synonyms", is_flag=True, help="Search what means the same as a bare word too."
)
@click.option("--explain", is_flag=True, help="Say why each hit ranks where it does.")
@click.option("--facets/--no-facets", default=True, help="Count the facets too.")
@json_option
def search(
    query: str,
    index_dir: Path | None,
    match: str,
    where: tuple[str, ...],
    year_from: int | None,
    year_to: int | None,
    sort: str,
    limit: int,
    page: int,
    fold: bool,
    synonyms: bool,
    explain: bool,
    facets: bool,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """Search; an empty QUERY lists everything under the filters.

    \b
    依申请公开 收费             both, anywhere
    "行政复议案件"             exactly this string
    公开 OR 公示, -收费, (…)    boolean
    title:年度报告 agency:文旅局 level:县区级 year:2018..2020 region:广东省
    year:不详, --year 不详       reports whose year is unknown; so for every field and filter
    公开* 公?条例              wildcards
    "公开 收费"~10             within ten characters
    公开 !"不予公开"           公开 where it is not part of 不予公开
    """
    more = {
        "year_from": year_from,
        "year_to": year_to,
        "sort": sort,
        "size": limit,
        "page": page,
    }
    more |= {"fold": fold, "synonyms": synonyms, "explain": explain}
    request = _request(
        query, match, where, filters, facets=None if facets else (), **more
    )
    response: SearchResponse = _searcher(index_dir).search(request)
    if as_json:
        click.echo(response.encoded().decode())
    else:
        _print_response(response)


# What is added up where reports are only counted.
FIRST_MEASURE = "applications_new"
# Values of a facet below a list of hits.
MAX_VALUES_PRINTED = 8
# What is said of the matching mode that answers a query.
MODE_WORDS = {
    "whole": "",
    "words": " with all words, not as one string",
    "any": " with most of the words",
}


def _counted(count: int, thing: str) -> str:
    """The number with its noun: 1 report, 2 reports."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _print_response(response: SearchResponse) -> None:
    counted = ""
    if response.occurrences is not None:
        counted = f", {_counted(response.occurrences, 'place')}"
    mode = ""
    if response.total and len(response.query.words) > 1:
        # one word is one string, however it is read
        mode = MODE_WORDS[response.query.matched]
    reports = _counted(response.total, "report")
    click.echo(f"{reports}{counted}{mode} ({response.took_ms} ms)")
    _print_query(response.query)
    if response.total and not response.hits:
        last = -(-response.total // response.size)
        click.echo(f"page {response.page} is beyond the last, which is {last}")
    for hit in response.hits:
        _print_hit(hit)
    for name, facet in response.facets.items():
        listed = facet.values[:MAX_VALUES_PRINTED]
        parts = [f"{v.label} {v.count}" for v in listed]
        if parts and (facet.truncated or len(listed) < len(facet.values)):
            parts.append("...")
        unknown = facet.unknown
        if unknown.count or unknown.selected:
            parts.append(f"{unknown.label} {unknown.count}")
        if parts:
            click.echo(f"{name}: {'  '.join(parts)}")


def _print_query(query: QueryEcho) -> None:
    """The query said back, what else was or could be searched, and what may have been meant."""
    if query.explained:
        click.echo(f"understood: {query.explained}")
    if query.wider is not None:
        reports = _counted(query.wider.total, "report")
        found = f"{reports} with --match {query.wider.match}"
        click.echo(f"wider: {found}")
    for note in query.notes:
        click.echo(note)
    if query.synonyms and not any(
        note.code is Code.ANSWER_SYNONYMS for note in query.note_codes
    ):
        same = "; ".join(
            f"{word} = {', '.join(others)}" for word, others in query.synonyms
        )
        click.echo(f"means the same, with --synonyms: {same}")
    if query.suggestions:
        click.echo(f"did you mean: {'  '.join(query.suggestions)}")


def _print_hit(hit: Hit) -> None:
    facts = (hit.agency, hit.level, hit.year, "/".join(hit.region or []), hit.published)
    places = f"  ×{hit.occurrences}" if hit.occurrences else ""
    click.echo()
    click.echo(click.style(hit.title or hit.source, bold=True) + places)
    click.echo("  " + " · ".join(str(f) for f in facts if f) + f"  [{hit.id}]")
    for snippet in hit.snippets:
        click.echo("  " + _marked(*snippet.shown()))
    for copy in hit.copies:
        click.echo(f"  = {copy.source}  [{copy.id}]")
    if hit.explanation is not None:
        shares = [f"{part.share:g} % {part.name}" for part in hit.explanation]
        click.echo(f"  {hit.score} = " + " + ".join(shares))


def _marked(text: str, marks: Iterable[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in marks:
        out += [text[at:start], click.style(text[start:end], fg="yellow", bold=True)]
        at = end
    return "".join([*out, text[at:]]).replace("\n", " ")


@main.command()
@click.argument("report_id", metavar="ID")
@index_option
@json_option
def show(report_id: str, index_dir: Path | None, as_json: bool) -> None:
    """Show one report of the index."""
    _print_report(_searcher(index_dir).report(report_id), as_json=as_json)


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--overrides",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A curator's corrections (CSV).",
)
@json_option
def inspect(file: Path, overrides: Path | None, as_json: bool) -> None:
    """Read one FILE without an index: decoding, repairs, metadata with evidence, statistics with
    checks.

    A file of several documents prints one after another.
    """
    _warm_workers([file])
    from indexer.corpus import Skip  # noqa: PLC0415  the readers take a second to load
    from indexer.overrides import Overrides  # noqa: PLC0415

    curated = Overrides.load(overrides) if overrides else None
    done = 0
    for item, outcome in _inspected(file, curated):
        if isinstance(outcome, str):
            name = item.source if isinstance(item, Skip) else item.name
            click.echo(f"gongkai: {name}: {outcome}", err=True)
        else:
            _print_report(outcome, as_json=as_json)
            done += 1
    if not done:
        raise SystemExit(1)


def _inspected(
    file: Path, overrides: Overrides | None
) -> Iterator[tuple[Skip | Source, Report | str]]:
    """Each document of a file with its report, or the reason why there is none."""
    from indexer.corpus import Skip, walk  # noqa: PLC0415  the readers take a second to load
    from indexer.pipeline import is_small_text, report_or_reason  # noqa: PLC0415
    from indexer.workers import Limits, Pool  # noqa: PLC0415

    settings = Settings.from_environment()
    read = partial(report_or_reason, overrides)
    pool = Pool(read, 1, Limits.of(settings))
    try:
        for item in walk([file], settings):
            if isinstance(item, Skip):
                yield item, item.reason
            elif is_small_text(item):
                yield item, read(item)
            else:
                yield item, pool.submit([item]).result()[0]
    finally:
        pool.close()


def _print_report(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(_json(report.record()))
        return
    click.echo(click.style(report.title or report.source, bold=True))
    for name in names_for(Use.HIT | Use.FACT):
        # the title stands above; the name as printed matters only where it differs
        if name == "title" or (
            name == "agency_printed" and report.agency_printed in (None, report.agency)
        ):
            continue
        _print_field(report, name)
    # a document that was never bytes of text has no encoding
    if report.provenance and report.provenance.encoding:
        encoding, reason = (
            report.provenance.encoding,
            report.provenance.encoding_reason,
        )
        why = "" if reason in ("", encoding) else f" ({reason})"
        click.echo(f"{'encoding':14} {encoding}{why}")
    _print_numbers(report)
    for step in report.repairs:
        sign = "->" if step.applied else "!!"
        click.echo(
            f"repair         {step.kind} at {step.start}: "
            f"{step.before!r} {sign} {step.after!r} ({step.confidence:.2f})"
        )
    for problem in report.problems:
        click.echo(f"problem        {problem.message()}")
    click.echo()
    click.echo(report.text)


def _print_numbers(report: Report) -> None:
    """The numbers of the tables and of sentences, the latter with what states them."""
    stated = {statement.name: statement for statement in report.statistics.prose}
    names = dict.fromkeys([*report.statistics.metrics, *stated])
    for name in names:
        value = report.statistics.metrics.get(name)
        statement = stated.get(name)
        why = "tables"
        if statement is not None and statement.table is None:
            about = "about, " if statement.approximate else ""
            why = f"{about}text: {statement.evidence}"
        if statement is not None and statement.conflict:
            others = ", ".join(f"{other.value:g}" for other in statement.conflict)
            why = f"the text contradicts itself: {others}"
        shown = "-" if value is None else f"{value:g}"
        click.echo(f"number         {name} {shown}   ({why})")


def _print_field(report: Report, name: str) -> None:
    value = getattr(report, name)
    fact = report.evidence.get(name)
    shown = "/".join(value) if isinstance(value, list) else value
    why = ""
    if fact:
        quote = fact.evidence or fact.rule
        why = f"   ({fact.source}, {fact.confidence:.2f}: {quote})"
    click.echo(f"{name:14} {'-' if shown is None else shown}{why}")


@main.command()
@click.argument("query", default="")
@index_option
@filter_options
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("csv", "jsonl", "parquet")),
    default="csv",
    show_default=True,
)
def export(
    query: str,
    index_dir: Path | None,
    match: str,
    where: tuple[str, ...],
    file_format: str,
    **filters: tuple[str, ...],
) -> None:
    """Stream the records that a query and filters find, with where each came from."""
    searcher, request = _searcher(index_dir), _request(query, match, where, filters)
    reports: Iterator[Report] = searcher.export(request)
    for note in searcher.unknown_bodies(request):
        click.echo(f"gongkai: {note.message()}", err=True)
    from index.documents.exports import EXPORT_FORMATS  # noqa: PLC0415  only this command writes tables

    write, _ = EXPORT_FORMATS[file_format]
    for line in write(reports):
        sys.stdout.buffer.write(line)


@main.command()
@click.argument("query", default="")
@index_option
@filter_options
@click.option(
    "--measure",
    "measures",
    multiple=True,
    help="A number of the tables or a ratio, as in applications_new; repeat it to have several "
    "abreast.  [default: only count the reports]",
)
@click.option(
    "--by",
    type=click.Choice(BY),
    default=BY[0],
    show_default=True,
    help="What to group by.",
)
@click.option(
    "--order",
    default="group",
    show_default=True,
    help="group, reports, MEASURE or MEASURE.share; put - before it for the largest first.",
)
@json_option
def stats(
    query: str,
    index_dir: Path | None,
    match: str,
    where: tuple[str, ...],
    measures: tuple[str, ...],
    by: str,
    order: str,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """Add up numbers of the annual reports that a query and filters find, as CSV or JSON."""
    request = _request(query, match, where, filters)
    # how many reports there are, every measure knows
    asked = measures or (FIRST_MEASURE,)
    found = _searcher(index_dir).side_by_side(request, asked, by, order=order)
    if as_json:
        click.echo(_json(found.to_json()))
        return
    from index.documents.exports import table  # noqa: PLC0415  only commands that write tables
    from index.studies.side_by_side import as_lines  # noqa: PLC0415  loads numpy

    header, lines = as_lines(found)
    if not measures:
        header, lines = [by, "reports"], [[g.value, g.reports] for g in found.groups]
    sys.stdout.buffer.write(table(header, lines))
    for note in found.notes:
        click.echo(f"gongkai: {note}", err=True)


# ---------------------------------------------------------------------- upkeep
@main.command()
@index_option
def check(index_dir: Path | None) -> None:
    """Verify the index, and say what to run if it is not well."""
    from index.engines.opening import check_index, open_engine  # noqa: PLC0415  loads numpy

    settings = Settings.from_environment(index=index_dir)
    faults = check_index(settings)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        # where there is no index the fault says what to run: nothing can be rebuilt
        if "there is no index" not in faults[0]:
            click.echo(
                "gongkai: the index is not well; run: gongkai index PATH... --rebuild",
                err=True,
            )
        raise SystemExit(1)
    engine = open_engine(settings)
    reports = _counted(engine.manifest.reports, "report")
    click.echo(f"{reports}, generation {engine.manifest.generation}: well")
    _warn_of_age(engine.manifest)
    engine.close()


@main.command()
@click.argument("destination", type=click.Path(file_okay=False, path_type=Path))
@index_option
def backup(destination: Path, index_dir: Path | None) -> None:
    """Copy the index into DESTINATION, a new folder, and verify the copy.

    Readers and writers need not stop.
    """
    from index.engines.opening import back_up_index  # noqa: PLC0415  loads numpy

    back_up_index(Settings.from_environment(index=index_dir), destination)
    _print_reports(Settings.from_environment(index=destination), "backed up to")


@main.command()
@click.argument("source", type=click.Path(file_okay=False, path_type=Path))
@index_option
def restore(source: Path, index_dir: Path | None) -> None:
    """Replace the index by the backup in SOURCE, which is verified first.

    Readers are served from what stood there until the copy is complete.
    """
    from index.engines.opening import restore_index  # noqa: PLC0415  loads numpy

    settings = Settings.from_environment(index=index_dir)
    restore_index(settings, source)
    _print_reports(settings, "restored to")


@main.command()
@index_option
def compact(index_dir: Path | None) -> None:
    """Merge the segments of the index into as few as can be, without what was deleted.

    Each holds up to 50,000 reports. Readers are served meanwhile.
    """
    from index.engines.opening import compact_index  # noqa: PLC0415  loads numpy

    settings = Settings.from_environment(index=index_dir)
    compact_index(settings)
    _print_reports(settings, "compacted in")


def _print_reports(settings: Settings, done: str) -> None:
    from index.engines.opening import open_engine  # noqa: PLC0415  loads numpy

    engine = open_engine(settings)
    reports = _counted(engine.manifest.reports, "report")
    click.echo(f"{reports} {done} {settings.index}")
    engine.close()


@main.command()
@click.argument("count", type=click.IntRange(1, 10_000_000))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="The same seed writes the same reports.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "html", "mixed")),
    default="jsonl",
    show_default=True,
)
@click.option(
    "--truth",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write what is true of each.",
)
def sample(count: int, folder: Path, seed: int, form: str, truth: Path | None) -> None:
    """Write COUNT realistic sample reports into FOLDER, for trying and load."""
    from indexer.sample import write_samples  # noqa: PLC0415  loads its word lists

    click.echo(
        f"{write_samples(count, folder, seed, truth=truth, form=form)} reports in {folder}"
    )


@main.command()
def settings() -> None:
    """List every setting: its environment name, default and meaning."""
    for name, default, meaning in SETTINGS:
        click.echo(f"GONGKAI_{name.upper():18} {default or '-':45} {meaning}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
