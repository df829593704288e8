"""The command line: support-bot demo, run, manifest, ask, rehearse, doctor, knowledge, bench."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import __version__
from bot.config import ConfigError, Settings, read_settings
from bot.measure.evaluation.command import calibrate, eval_app

if TYPE_CHECKING:  # --help and --version stay fast: each command imports what it needs
    from bot.demo import Demo
    from bot.knowledge_files import Loaded
    from bot.measure.bench import Timing
    from bot.measure.rehearse import Outcome

app = typer.Typer(
    name="support-bot",
    help="A Slack bot that answers patients' questions with curated answers, word for word, or brings a person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
knowledge_app = typer.Typer(name="knowledge", help="Look after the knowledge base.", no_args_is_help=True)
app.add_typer(knowledge_app)
bench_app = typer.Typer(name="bench", help="Measure how long things take on this machine.", no_args_is_help=True)
app.add_typer(bench_app)
app.add_typer(eval_app)
knowledge_app.command()(calibrate)

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

KnowledgeOption = Annotated[
    Path | None,
    typer.Option("--knowledge", metavar="DIR", help="Another knowledge folder.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


def _fail(message: str) -> NoReturn:
    """Say what is wrong and end with code 1."""
    err.print(f"[bold red]Error:[/] {escape(message)}")
    raise typer.Exit(1)


def _settings(**overrides: object) -> Settings:
    try:
        return read_settings(**{key: value for key, value in overrides.items() if value is not None})
    except ConfigError as error:
        _fail(str(error))


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"support-bot {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[  # typer needs the parameter; the callback does the work
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """A Slack bot that answers patients' questions with curated answers, word for word, or brings a person."""


# --- running


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on 127.0.0.1; 0 = any free one.")
    ] = 3000,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Keep the data here. Default: a fresh temporary folder, removed."),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Try the bot in a local workspace in your browser. No Slack account is needed."""
    from bot.demo import Demo  # here, so that --help and --version stay fast

    with tempfile.TemporaryDirectory(prefix="support-bot-demo-") as temporary:
        _log_to_stderr(_settings(support_bot_log_level="warning"))
        running = Demo(data or Path(temporary), port=port, knowledge_dir=knowledge)
        _serve(running.start, running.stop, lambda: _demo_is_up(running, open_browser))


def _demo_is_up(running: Demo, open_browser: bool) -> None:
    url = running.workspace.url
    out.print(f"\n  The local workspace is at [bold]{url}[/]   (Ctrl-C ends it)\n")
    out.print("  The starter answers have [bold]not been reviewed by a clinician[/]: for trying out only.")
    out.print(f"  {escape(running.said)}\n")
    if open_browser:
        import webbrowser

        webbrowser.open(url)


@app.command()
def run(knowledge: KnowledgeOption = None) -> None:
    """Run the bot in your Slack workspace. Settings come from the environment or .env (see .env.example)."""
    settings = _settings(support_bot_knowledge_dir=knowledge)
    try:
        settings.require_tokens()
    except ConfigError as error:
        _fail(str(error))
    _log_to_stderr(settings)
    from bot.app import Bot

    started: list[Bot] = []

    def start() -> None:
        started.append(Bot(settings))
        started[0].start()

    def stop() -> None:
        for bot in started:
            bot.stop()

    def up() -> None:
        out.print(f"support-bot is connected ({started[0].address}). Ctrl-C ends it.")
        out.print(escape(started[0].meaning.said))

    _serve(start, stop, up)


@app.command()
def manifest(
    http: Annotated[
        str,
        typer.Option("--http", metavar="URL", help="For HTTP mode: the bot's public address, https://..."),
    ] = "",
) -> None:
    """Print the manifest to create the Slack app from (api.slack.com/apps > Create New App > From a manifest)."""
    from bot.manifest import manifest as manifest_text

    try:
        print(manifest_text(http), end="")  # noqa: T201 # plain YAML, no markup
    except ConfigError as error:
        _fail(str(error))


def _log_to_stderr(settings: Settings) -> None:
    from bot.logs import set_up_logging

    set_up_logging(settings)


class _Ended(BaseException):
    """The operator ended the program while it was starting."""


class _Ending:
    """Ctrl-C or SIGTERM: breaks off the start, and afterwards ends the wait."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._starting = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        again = self._asked.is_set()
        self._asked.set()
        if self._starting and not again:
            raise _Ended

    def wait(self) -> None:
        self._starting = False
        self._asked.wait()


def _serve(start: Callable[[], None], stop: Callable[[], None], up: Callable[[], object]) -> None:
    """Start, wait for Ctrl-C or SIGTERM, stop. What the operator must mend is said in plain words, code 1."""
    from bot.app import START_ERRORS
    from bot.workspace import PortInUse

    ending = _Ending()
    try:
        start()
        up()
        sys.stdout.flush()
        ending.wait()
    except (*START_ERRORS, PortInUse) as error:
        _fail(str(error))
    except _Ended:
        err.print("Ended before the start was complete.")
    finally:
        stop()


# --- asking


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    explain: Annotated[bool, typer.Option("--explain", help="Show why: route, nearest phrasing, confidence.")] = False,
    words_alone: Annotated[bool, typer.Option("--words-alone", help="Do without the sentence encoder.")] = False,
    as_json: JsonOption = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Ask the knowledge base without any Slack."""
    from bot.asking import Asking
    from bot.workflows.meaning import Meaning

    if not question.strip():
        _fail('the question is empty. Put it in quotes: support-bot ask "what is lumbar fusion?"')
    loaded, meaning = _load(knowledge), Meaning.of(_settings(), words_alone=words_alone)
    asking = Asking(loaded, datetime.now(UTC), meaning)
    if as_json:
        print(json.dumps(asking.as_json(question), ensure_ascii=False, indent=2))  # noqa: T201 # plain JSON, no markup
    else:
        asking.show(question, out, explain=explain)


@app.command()
def rehearse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Transcripts, or folders of them.")],
    knowledge: KnowledgeOption = None,
) -> None:
    """Play written conversations to the bot in a local workspace, and say where one does not go as written."""
    from bot.app import START_ERRORS
    from bot.measure.rehearse import Rehearsal, TranscriptError

    settings = _settings(support_bot_knowledge_dir=knowledge, support_bot_log_level="error")
    _log_to_stderr(settings)
    try:
        with Rehearsal(files, settings.support_bot_knowledge_dir) as rehearsal:
            outcomes = [_told(rehearsal.play(transcript)) for transcript in rehearsal.transcripts]
    except TranscriptError as error:
        for problem in error.problems:
            err.print(f"[bold red]error[/]   {escape(str(problem))}")
        raise typer.Exit(1) from None
    except START_ERRORS as error:
        _fail(str(error))
    failed = sum(bool(outcome.failure) for outcome in outcomes)
    out.print(f"{len(outcomes) - failed} of {len(outcomes)} conversations go as written.")
    if failed:
        raise typer.Exit(1)


def _told(outcome: Outcome) -> Outcome:
    """Say at once how one conversation went."""
    if outcome.failure:
        out.print(f"[bold red]differs[/] {escape(outcome.failure)}\n")
    else:
        transcript = outcome.transcript
        out.print(
            f"[green]as written[/] {escape(transcript.file)} ({outcome.seconds:.1f} s): {escape(transcript.about)}"
        )
    return outcome


@app.command()
def doctor(as_json: JsonOption = False, knowledge: KnowledgeOption = None) -> None:
    """Look over this installation: what is in order, what is worth knowing, what would stop the bot (exit code 1)."""
    from bot.measure import doctor as looking

    overrides = {} if knowledge is None else {"support_bot_knowledge_dir": knowledge}
    findings = list(looking.examine(datetime.now(UTC).date(), **overrides))
    if as_json:
        print(json.dumps(looking.as_json(findings), ensure_ascii=False, indent=2))  # noqa: T201 # plain JSON, no markup
    else:
        colours = {looking.State.OK: "green", looking.State.NOTE: "yellow", looking.State.WRONG: "bold red"}
        for finding in findings:
            out.print(f"[{colours[finding.state]}]{finding.state:5}[/]  {finding.about}: {escape(finding.said)}")
    if not looking.can_start(findings):
        raise typer.Exit(1)


# --- knowledge


def _load(folder: Path | None) -> Loaded:
    from bot.knowledge_files import KnowledgeError, load

    try:
        return load(_settings(support_bot_knowledge_dir=folder).support_bot_knowledge_dir)
    except KnowledgeError as error:
        _fail(str(error))


@knowledge_app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="The knowledge folder.", show_default="knowledge/")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
) -> None:
    """Check every file of the knowledge base; each problem with file, line, entry and how to mend it."""
    from bot.knowledge_files import check as check_files

    where = _settings(support_bot_knowledge_dir=folder).support_bot_knowledge_dir
    errors, warnings = check_files(where, today=datetime.now(UTC).date())
    for problem in errors:
        err.print(f"[bold red]error[/]   {escape(str(problem))}")
    for problem in warnings:
        err.print(f"[yellow]warning[/] {escape(str(problem))}")
    if errors or (strict and warnings):
        err.print(f"{len(errors)} error(s), {len(warnings)} warning(s) in {escape(str(where))}")
        raise typer.Exit(1)
    loaded = _load(folder)
    told = f", {len(loaded.questions)} labelled question(s)" if loaded.questions else ""
    out.print(f"{escape(str(where))} is in order: {len(loaded.knowledge)} entries{told}, {len(warnings)} warning(s).")


@knowledge_app.command()
def schema(
    which: Annotated[str, typer.Argument(help="entry, config, phrases, scope, questions, or all.")] = "all",
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Write NAME.schema.json files here.")
    ] = None,
) -> None:
    """Print the JSON Schema of the knowledge files, for editors that check YAML while you type."""
    from bot.knowledge_files import json_schemas

    schemas = json_schemas()
    if which != "all" and which not in schemas:
        _fail(f"there is no schema '{which}'. Choose one of: {', '.join(schemas)}, all.")
    chosen = schemas if which == "all" else {which: schemas[which]}
    if into is None:
        printed = chosen if which == "all" else chosen[which]
        print(json.dumps(printed, ensure_ascii=False, indent=2))  # noqa: T201 # plain JSON, no markup
        return
    into.mkdir(parents=True, exist_ok=True)
    for name, one in chosen.items():
        path = into / f"{name}.schema.json"
        path.write_text(json.dumps(one, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        out.print(f"wrote {escape(str(path))}")


# --- measuring


@bench_app.command()
def reply(
    questions: Annotated[int, typer.Option(min=1, max=1000, help="How many questions to ask.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Ask questions in a local workspace, one after the other; time the acknowledgement and the reply."""
    from bot.measure.bench import replies

    _log_to_stderr(_settings(support_bot_log_level="error"))
    _show_timings(replies(questions), as_json)


@bench_app.command()
def start(
    runs: Annotated[int, typer.Option(min=1, max=50, help="How many starts.")] = 5, as_json: JsonOption = False
) -> None:
    """Start the demo and time it until its page is usable."""
    from bot.measure.bench import starts

    _show_timings([starts(runs)], as_json)


@bench_app.command()
def match(
    sizes: Annotated[
        str, typer.Option(metavar="N,N,...", help="Texts of the made-up knowledge bases; 100,000 take 430 MB of cache.")
    ] = "1000,10000,100000",
    questions: Annotated[int, typer.Option(min=1, max=10_000, help="How many questions to ask of each.")] = 200,
    knowledge: Annotated[
        Path | None,
        typer.Option(metavar="ENTRIES.jsonl", help="A file of entries in place of made-up ones.", show_default=False),
    ] = None,
    words_alone: Annotated[bool, typer.Option("--words-alone", help="Do without the sentence encoder.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Time matching on one thread, on knowledge bases of several sizes, beside WRatio, token_set_ratio and BM25."""
    from bot.measure.bench_match import BenchFault, measured, show, subjects

    try:
        chosen = subjects(sizes, knowledge)
        cache = _settings().support_bot_cache_dir
        found = list(measured(chosen, questions, cache, words_alone=words_alone, begun=_measuring))
    except BenchFault as error:
        _fail(str(error))
    if as_json:
        print(json.dumps(found, indent=2))  # noqa: T201 # plain JSON, no markup
    else:
        show(found, out)


def _measuring(name: str) -> None:
    """Tell whoever watches what takes so long."""
    if err.is_terminal:
        err.print(f"measuring {escape(name)} ...")


def _show_timings(timings: Sequence[Timing], as_json: bool) -> None:
    from bot.measure.bench import as_json as values

    if as_json:
        print(json.dumps(values(timings), indent=2))  # noqa: T201 # plain JSON, no markup
        return
    table = Table("", "runs", "median", "worst", box=None, pad_edge=False)
    for row in values(timings):
        table.add_row(str(row["what"]), str(row["runs"]), f"{row['median_ms']} ms", f"{row['worst_ms']} ms")
    out.print(table)


def main() -> None:
    """The console script. numpy is told, before anything imports it, to stay on one thread: more are slower here."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    app()
