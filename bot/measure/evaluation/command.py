"""`support-bot eval` and `support-bot knowledge calibrate`: options, what they need, what they print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:  # --help stays fast
    from bot.measure.evaluation.files import PosedQuestion
    from bot.measure.evaluation.report import Report
    from bot.measure.evaluation.setting import Setting

eval_app = typer.Typer(name="eval", invoke_without_command=True)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

_WRONG_USE = 2
_LEAST_PROMISE, _MOST_PROMISE = 0.5, 0.999

WordsAlone = Annotated[bool, typer.Option("--words-alone", help="Without the sentence encoder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


@dataclass(frozen=True)
class Wanted:
    """The options of `support-bot eval`, as given."""

    knowledge: Path | None = None
    questions: Path | None = None
    labelled: Path | None = None
    promised: float | None = None
    predictions: Path | None = None
    plot: Path | None = None
    folds: int | None = None
    guard: bool = True
    as_json: bool = False
    words_alone: bool = False

    def setting(self) -> Setting:
        """The knowledge base and what stands beside it. Raises InputFault, ConfigError or KnowledgeError."""
        from bot.measure.evaluation.setting import Setting

        return Setting.of(
            self.knowledge, promised=self.promised, guard=self.guard, words_alone=self.words_alone, on_note=_note
        )


@eval_app.callback()
def evaluate(
    ctx: typer.Context,
    knowledge: Annotated[
        Path | None,
        typer.Option(metavar="DIR|FILE.jsonl", help="A knowledge folder, or entries.", show_default="knowledge/"),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Questions, with gold = the right ids.", show_default=False),
    ] = None,
    promised: Annotated[
        float | None, typer.Option(metavar="0.5-0.999", help="The precision to promise.", show_default=False)
    ] = None,
    labelled: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Labelled questions, to calibrate with only.", show_default=False),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="OUT.jsonl", help="Write what each question got, a line each.", show_default=False),
    ] = None,
    no_guard: Annotated[bool, typer.Option("--no-guard", help="Match every question, whatever its route.")] = False,
    folds: Annotated[
        int | None,
        typer.Option(metavar="K", help="Predict each question calibrated on the others'.", show_default=False),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the risk-coverage curve.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    words_alone: WordsAlone = False,
) -> None:
    """Measure the answers on labelled questions; alone: try the knowledge base on its own phrasings."""
    if ctx.invoked_subcommand is not None:
        return
    wanted = Wanted(
        knowledge, questions, labelled, promised, predictions, plot, folds, not no_guard, as_json, words_alone
    )
    with _faults_told():
        _check(wanted)
        _self_test(wanted) if wanted.questions is None else _measure(wanted, wanted.questions)


@eval_app.command("fit")
def fit(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Each with entries.jsonl and dev*.jsonl.")],
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.json", help="Where to write.", show_default="the shipped file")
    ] = None,
    came_from: Annotated[
        str, typer.Option(metavar="TEXT", help="Where the sets come from, kept in the file.")
    ] = "labelled sets of the operator",
) -> None:
    """Fit the matcher's coefficients again to labelled sets, and record how precise they are on unseen questions."""
    from bot.config import ConfigError, read_settings
    from bot.knowledge_files.shipped import COEFFICIENTS
    from bot.measure.evaluation.progress import Bar
    from bot.measure.fitting import document, fit_sets, write
    from bot.workflows.meaning import Meaning

    with _faults_told(), Bar(err) as bar:
        meaning = Meaning.of(read_settings())
        encoder = meaning.encoder
        if encoder is None:
            raise ConfigError(f"The coefficients are fitted with the sentence encoder. {meaning.said}")
        with_encoder, words_alone = fit_sets(folders, encoder, bar.encoding), fit_sets(folders, None)
        write(out_file or COEFFICIENTS, document(with_encoder, words_alone, [came_from]))
    for name, part in (("with the encoder", with_encoder), ("words alone", words_alone)):
        out.print(f"{name}: {part['questions']} questions, top-1 out of fold {part['top_1_out_of_fold']:.3f}")


@eval_app.command("ablate")
def ablate(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Each with entries.jsonl and dev*.jsonl.")],
    words_alone: WordsAlone = False,
) -> None:
    """Show what each part of the matcher earns: fits to each set without it, and measures out of fold."""
    from rich.table import Table

    from bot.config import read_settings
    from bot.measure.evaluation.progress import Bar
    from bot.measure.fitting import ablations, examples_of
    from bot.workflows.meaning import Meaning

    for folder in folders:
        with _faults_told(), Bar(err) as bar:
            encoder = Meaning.of(read_settings(), words_alone=words_alone).encoder
            found = ablations(examples_of(folder, encoder, bar.encoding))
        table = Table(f"{folder.name}, without", "top-1", "coverage at .95", "at .98", box=None)
        for part, (top, at_95, at_98) in found.items():
            table.add_row(part, f"{top:.3f}", f"{at_95:.3f}", f"{at_98:.3f}")
        out.print(table)


def calibrate(
    knowledge: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another knowledge folder.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    words_alone: WordsAlone = False,
) -> None:
    """Say from which confidence the bot answers, on what evidence, and whether its promise can be kept."""
    from bot.measure.evaluation.progress import Bar
    from bot.measure.evaluation.report import show_standing

    with _faults_told(), Bar(err) as bar:
        setting = Wanted(knowledge, guard=False, words_alone=words_alone).setting()
        standing = setting.standing(setting.bench((), bar))
    _print_json(standing.to_json()) if as_json else show_standing(standing, out)


# --- the two ways of measuring


def _measure(wanted: Wanted, file: Path) -> None:
    """Put the questions to the bot, and tell what came of it."""
    from bot.measure.evaluation.files import write_whole
    from bot.measure.evaluation.predicting import predict, predict_out_of_fold
    from bot.measure.evaluation.progress import Bar
    from bot.measure.evaluation.report import Report

    setting = wanted.setting()
    questions = _questions(wanted, file, setting)
    with Bar(err) as bar:
        bench = setting.bench(_labels(wanted, setting), bar)
        if wanted.folds is None:
            found = predict(bench, questions, bar)
        else:
            found = predict_out_of_fold(bench, questions, wanted.folds, bar)
    flattered = wanted.folds is None and _same(wanted.labelled, file)
    report = Report(setting.knowledge, setting.standing(bench), found, wanted.guard, wanted.folds, flattered)
    if wanted.predictions:
        lines = [json.dumps(outcome.as_prediction(), ensure_ascii=False) + "\n" for outcome in found.outcomes]
        write_whole(wanted.predictions, "".join(lines).encode())
    if wanted.plot:
        _draw(report, wanted.plot)
    if wanted.as_json:
        _print_json(report.to_json())
    elif any(question.gold is not None for question in questions):
        report.show(out)
    else:
        out.print('No question has a "gold": no figures.')
    _say_written(wanted)


def _self_test(wanted: Wanted) -> None:
    """Try the knowledge base on its own texts."""
    from bot.measure.evaluation.progress import Bar
    from bot.measure.evaluation.report import show_self_test
    from bot.measure.evaluation.self_test import try_itself

    setting = wanted.setting()
    with Bar(err) as bar:
        bench = setting.bench(_labels(wanted, setting), bar)
        test = try_itself(bench, bar)
    standing = setting.standing(bench)
    if wanted.as_json:
        _print_json({**test.to_json(), "calibration": standing.to_json()})
    else:
        show_self_test(test, standing, out)


# --- what the options must be


def _check(wanted: Wanted) -> None:
    """Raise InputFault for options that do not go together, before any work."""
    from bot.measure.evaluation.files import InputFault, check_writable
    from bot.measure.evaluation.plots import check_drawable

    if wanted.promised is not None and not _LEAST_PROMISE <= wanted.promised <= _MOST_PROMISE:
        raise InputFault(
            f"--promised {wanted.promised:g}: a precision that can be promised lies between {_LEAST_PROMISE} and "
            f"{_MOST_PROMISE}. To mend: write it as a share, like 0.95."
        )
    for option, value in (("folds", wanted.folds), ("predictions", wanted.predictions), ("plot", wanted.plot)):
        if wanted.questions is None and value is not None:
            raise InputFault(f"--{option} is about questions. To mend: name them with --questions FILE.jsonl.")
    if wanted.folds is not None and wanted.folds < 2:
        raise InputFault(f"--folds {wanted.folds}: there must be 2 or more. To mend: --folds 5.")
    if wanted.folds is not None and wanted.labelled is not None and not _same(wanted.labelled, wanted.questions):
        raise InputFault(
            "--folds calibrates on the questions' own labels, and --labelled names other ones. "
            "To mend: leave one of the two out."
        )
    if wanted.plot:
        check_drawable()
    taken = [wanted.knowledge, wanted.questions, wanted.labelled]
    for option, file in (("--predictions", wanted.predictions), ("--plot", wanted.plot)):
        if file is None:
            continue
        if any(_same(file, other) for other in taken):
            raise InputFault(f"{option} {file}: another option names this file too. To mend: name a new one.")
        check_writable(file, option)
        taken.append(file)


def _questions(wanted: Wanted, file: Path, setting: Setting) -> tuple[PosedQuestion, ...]:
    from bot.measure.evaluation.files import InputFault, read_questions

    questions = read_questions(file, setting.knowledge.entries.keys(), labelled=wanted.folds is not None)
    if wanted.folds is not None and wanted.folds > len(questions):
        raise InputFault(f"--folds {wanted.folds}: {file} holds {len(questions)} questions. To mend: take fewer folds.")
    if all(question.gold is None for question in questions) and not (wanted.predictions or wanted.as_json):
        raise InputFault(
            f'{file}: no question has a "gold", so there are no figures to print. '
            "To mend: name a file for what each question got with --predictions OUT.jsonl."
        )
    return questions


def _labels(wanted: Wanted, setting: Setting) -> tuple[PosedQuestion, ...]:
    """The labelled questions to calibrate on; none where each fold has its own."""
    from bot.measure.evaluation.files import read_questions

    if wanted.labelled is None or wanted.folds is not None:
        return ()
    return read_questions(wanted.labelled, setting.knowledge.entries.keys(), labelled=True)


def _same(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and one.resolve() == other.resolve()


# --- what they say


def _draw(report: Report, file: Path) -> None:
    """Draw the curve, where there is one."""
    from bot.measure.evaluation.figures import Figures, risk_coverage
    from bot.measure.evaluation.files import write_whole
    from bot.measure.evaluation.plots import as_png

    figures = Figures.of(report.outcomes)
    coverage, precision = figures.coverage.share, figures.precision.share
    reached = None if coverage is None or precision is None else (coverage, precision)
    write_whole(file, as_png(risk_coverage(report.outcomes), report.promised, reached))


def _say_written(wanted: Wanted) -> None:
    for file in (wanted.predictions, wanted.plot):
        if file:
            err.print(f"wrote {escape(str(file))}")


def _note(said: str) -> None:
    err.print(f"[yellow]Note:[/] {escape(said)}")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201 # plain JSON, no markup


@contextmanager
def _faults_told() -> Iterator[None]:
    """What the operator must mend is said in plain words, code 2."""
    from bot.config import ConfigError
    from bot.knowledge_files import KnowledgeError
    from bot.measure.evaluation.files import InputFault

    try:
        yield
    except (ConfigError, InputFault, KnowledgeError) as error:
        err.print(f"[bold red]Error:[/] {escape(str(error))}")
        raise typer.Exit(_WRONG_USE) from None
