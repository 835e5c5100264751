"""The commands on production areas: dibiao areas check | import | publish | export.

Exit codes: 0 done; 1 refused or not sound; 3 needs a note (`--override`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table
from rich.text import Text
from shapely.geometry import MultiPolygon
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.calendar import CHINA
from service.errors import (
    AreaNotSound,
    ChangeNoteMissing,
    Finding,
    NoteNeeded,
    RegisterError,
    UploadRefused,
    WorkStopped,
)
from service.register import accounts, area_drafts, area_files, editing, wording
from service.register.areas import district_shape
from service.register.models import Revision
from service.register.payloads import ProductionAreaPayload
from service.register.surveying import wording as area_wording
from service.register.surveying.checking import Candidate, area_in_ha, check
from service.register.surveying.exporting import ExportFormat, write
from service.register.surveying.uploads import AT_THE_DESK, Declared, Survey, survey
from service.settings import get_settings
from service.terminal import clock, console, fail, open_register, progress
from service.vocabulary import AreaTier, Confidence, Datum, Severity, VerificationLevel

area_app = typer.Typer(
    no_args_is_help=True, help="Production areas: geometry in, checks, two people, files out."
)

_NEEDS_NOTE = 3
_OPTIONS = {
    "out_of_range": "--crs EPSG:4545",
    "out_of_region": "--anywhere",
    "swapped_axes": "--swap-axes",
    "shift_suspected": "--datum gcj02 | bd09 | wgs84",
}
"""What may help, by what was refused."""
_COLOURS = {Severity.ERROR: "red", Severity.NOTE: "yellow", Severity.INFO: "cyan"}

File = Annotated[Path, typer.Argument(help="GeoJSON, KML, KMZ, zipped shapefile, or csv of vertices.")]
Crs = Annotated[str | None, typer.Option(help="Reference system, where the file names none: EPSG:4545.")]
DatumSaid = Annotated[Datum | None, typer.Option(help="Datum; gcj02 and bd09 are converted.")]
SwapAxes = Annotated[bool, typer.Option("--swap-axes", help="The file puts north (latitude) first.")]
Anywhere = Annotated[bool, typer.Option("--anywhere", help="Take coordinates far from the district.")]
For = Annotated[str | None, typer.Option("--for", help="Code of the protection, or its product.")]


@area_app.command("check")
def check_(
    file: Annotated[Path | None, typer.Argument(help="File; none: what stands published.")] = None,
    of: For = None,
    version: Annotated[int, typer.Option(help="Version; 0: the newest.")] = 0,
    crs: Crs = None,
    datum: DatumSaid = None,
    swap_axes: SwapAxes = False,  # noqa: FBT002
    anywhere: Anywhere = False,  # noqa: FBT002
) -> None:
    """Say what the checks find of a file, or of a published version; nothing is kept."""
    if file is None and of is None:
        fail("请给出文件，或用 --for 指明保护 · name a file, or a protection with --for")
    with _register_errors(), open_register() as database:
        with database.reading() as session:
            protection = area_drafts.protection_code(session, of) if of else None
            is_wide = anywhere or (
                protection is not None and area_drafts.is_cross_district(session, protection)
            )
        facts: dict[str, Any] = {}
        if file is not None:
            found = _survey(file.name, _content(file), Declared(crs, datum, swap_axes, is_wide))
            facts = area_drafts.facts_of(found, AreaTier.DRAWN)
        if protection is None:
            _check_alone(file.name if file else "", found.area, is_cross_district=anywhere)
            return
        with database.reading() as session:
            wanted = area_drafts.Wanted(protection, facts, version)
            ((payload, _),) = area_drafts.payloads_for(session, wanted)
            findings = area_drafts.findings_on(session, payload)
    _print_findings(payload.key(), findings, payload.override_note)
    _exit_by(findings, payload.override_note)


def _check_alone(name: str, area: MultiPolygon, *, is_cross_district: bool) -> None:
    """Check an area of no protection: what can be told without the announced text."""
    outline = district_shape(get_settings().map_outline_file)
    findings = check(Candidate(area, AreaTier.DRAWN, outline, is_cross_district=is_cross_district))
    _print_findings(name, findings, None)
    _exit_by(findings, None)


@area_app.command("import")
def import_(
    of: Annotated[str, typer.Option("--for", help="Code of the protection, or its product.")],
    as_user: Annotated[str, typer.Option("--as", help="Login of the person who enters.")],
    file: Annotated[Path | None, typer.Argument(help="File of geometry; none with --townships.")] = None,
    townships: Annotated[
        str | None, typer.Option(help="These townships instead of a file: names or codes, parted by ；")
    ] = None,
    version: Annotated[int, typer.Option(help="Version to draw anew; 0: the newest.")] = 0,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Open a new version on this day.")
    ] = None,
    tier: Annotated[AreaTier | None, typer.Option(help="How the drawing relates to the text.")] = None,
    text: Annotated[str | None, typer.Option(help="Announced text, verbatim, or @FILE.")] = None,
    source: Annotated[str | None, typer.Option(help="Where text and drawing come from.")] = None,
    source_level: Annotated[VerificationLevel | None, typer.Option(help="How good the source is.")] = None,
    confidence: Annotated[Confidence | None, typer.Option(help="How far the drawing can be trusted.")] = None,
    method: Annotated[str | None, typer.Option(help="How it was drawn.")] = None,
    note: Annotated[str | None, typer.Option(help="Why the version changed.")] = None,
    override: Annotated[str | None, typer.Option(help="Note that answers for what the checks found.")] = None,
    crs: Crs = None,
    datum: DatumSaid = None,
    swap_axes: SwapAxes = False,  # noqa: FBT002
) -> None:
    """Read an area into a draft and hand it over to a second person; the checks run first."""
    said = {
        "tier": tier,
        "text_original": _text(text),
        "source": source,
        "source_level": source_level,
        "confidence": confidence,
        "method_note": method,
        "change_note": note,
        "override_note": override,
    }
    if (file is None) == (townships is None):
        fail("请给出文件或 --townships 之一 · name a file or --townships, not both")
    with _register_errors(), open_register() as database:
        with database.reading() as session:
            protection = area_drafts.protection_code(session, of)
            declared = Declared(crs, datum, swap_axes, area_drafts.is_cross_district(session, protection))
            facts = _facts_of_townships(session, townships) if townships is not None else {}
        origin = None
        if file is not None:
            origin = file.name, _content(file)
            facts = area_drafts.facts_of(_survey(*origin, declared), AreaTier.DRAWN)
        facts |= {name: value for name, value in said.items() if value is not None}
        wanted = area_drafts.Wanted(protection, facts, version, begins.date() if begins else None)
        with database.writing() as session:
            payloads = area_drafts.payloads_for(session, wanted)
            findings = area_drafts.findings_on(session, payloads[-1][0])
            _print_findings(payloads[-1][0].key(), findings, override)
            _exit_by(findings, override)
            by = accounts.find_staff(session, as_user)
            drafts = area_drafts.hand_over(session, payloads, origin, by=by, at=clock.now())
    for draft in drafts:
        _say(f"已提交审核 · waiting for a second person: {draft.record_key}")
    _say(f"由另一人发布 · another person publishes: dibiao areas publish {protection} --as …")


@area_app.command("publish")
def publish(
    as_user: Annotated[str, typer.Option("--as", help="Login of the second person.")],
    of: Annotated[str | None, typer.Argument(help="Protection or product; none: list what waits.")] = None,
    back: Annotated[str | None, typer.Option("--return", help="Give back instead, with this reason.")] = None,
) -> None:
    """Publish the drafts of an area that wait, in the name of a second person; or give them back."""
    number = 0
    with _register_errors(), open_register() as database, database.writing() as session:
        by = accounts.find_staff(session, as_user)
        protection = area_drafts.protection_code(session, of) if of else None
        drafts = area_drafts.drafts_in_review(session, protection)
        if protection is None:
            _print_waiting(drafts)
            return
        if not drafts:
            fail(f"没有待审核的产地草稿 · nothing waits: {protection}")
        if back is not None:
            for draft in drafts:
                editing.return_for_changes(session, draft, by=by, at=clock.now(), reason=back)
        else:
            for draft in drafts:
                payload = ProductionAreaPayload.model_validate(draft.payload)
                findings = area_drafts.findings_on(session, payload)
                _print_findings(payload.key(), findings, payload.override_note)
            number = editing.publish(session, drafts, by=by, at=clock.now())
    keys = "、".join(draft.record_key for draft in drafts)
    _say(
        f"已退回 · given back: {keys}"
        if back is not None
        else f"已发布 · published: {keys}; 登记版本 revision {number}"
    )


@area_app.command("export")
def export(
    of: For = None,
    version: Annotated[int, typer.Option(help="Version; 0: every one.")] = 0,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Those valid on this day.")
    ] = None,
    wanted: Annotated[ExportFormat, typer.Option("--format", help="geojson, kml or csv.")] = "geojson",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; none: standard output.")
    ] = None,
) -> None:
    """Write published areas to a file: CRS84 (WGS 84, longitude first), six decimals."""
    with _register_errors(), open_register() as database, database.reading() as session:
        protection = area_drafts.protection_code(session, of) if of else None
        areas = area_files.published_areas(session, protection, version, on.date() if on else None)
        content = write(areas, wanted)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    out.write_bytes(content)
    _say(f"{len(areas)} 个产地版本 · area versions → {out.name}")


def _facts_of_townships(session: Session, said: str) -> dict[str, Any]:
    names = [name.strip() for name in said.replace(";", "；").split("；") if name.strip()]
    return area_drafts.facts_of_townships(session, names, get_settings().map_townships_file)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        fail(f"读不到文件 · cannot read: {file.name}")


def _survey(name: str, content: bytes, declared: Declared) -> Survey:
    outline = district_shape(get_settings().map_outline_file)
    with progress(name) as bar:
        bar.add_task("读取 · reading", total=None)
        found = survey(content, name, declared, outline, AT_THE_DESK)
    _print_survey(name, found)
    return found


def _text(said: str | None) -> str | None:
    if said is None or not said.startswith("@"):
        return said
    try:
        return Path(said[1:]).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        fail(f"读不到文件 · cannot read: {said[1:]}")


def _print_survey(name: str, found: Survey) -> None:
    table = Table(title=Text(name), show_header=False)
    west, south, east, north = found.area.bounds
    rows = [
        ("坐标系 · system", found.crs),
        ("坐标基准 · datum", f"{found.datum.zh} · {found.datum.en}"),
        ("要素 · features", str(found.features)),
        ("部分 · parts", str(len(found.area.geoms))),
        ("面积 · area", f"{area_in_ha(found.area):,.1f} 公顷 ha = {area_in_ha(found.area) * 15:,.0f} 亩 mu"),
        ("范围 · box", f"{west:.6f}, {south:.6f}, {east:.6f}, {north:.6f}"),
        *(("说明 · note", " · ".join(area_wording.NOTES[note])) for note in found.notes),
    ]
    for title, value in rows:
        table.add_row(title, Text(value))
    console.print(table)


def _print_findings(title: str, findings: Sequence[Finding], note: str | None) -> None:
    if not findings:
        _say(f"{title}: 检查未见问题 · the checks found nothing")
        return
    caption = Text(f"核对说明 · override note: {note}") if note else None
    table = Table("", "检查 · checks", title=Text(title), caption=caption)
    for finding in findings:
        zh, en = area_wording.finding_words(finding)
        style = _COLOURS[finding.severity]
        table.add_row(Text(finding.severity.zh, style=style), Text(f"{zh}\n{en}"))
    console.print(table)


def _exit_by(findings: Sequence[Finding], note: str | None) -> None:
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(code=1)
    if any(finding.severity is Severity.NOTE for finding in findings) and not note:
        _say("请核对；确认无误的，用 --override 说明理由 · look again, or say why with --override")
        raise typer.Exit(code=_NEEDS_NOTE)


def _print_waiting(drafts: Sequence[Revision]) -> None:
    table = Table("待审核 · waiting", "提交 · handed over")
    for draft in drafts:
        moment = f"{draft.submitted_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if draft.submitted_at else ""
        table.add_row(Text(draft.record_key), Text(f"{draft.submitted_person} {moment}"))
    console.print(table if drafts else "没有待审核的产地草稿 · nothing waits")


def _say(words: str) -> None:
    console.print(words, markup=False, highlight=False)


@contextmanager
def _register_errors() -> Iterator[None]:
    """Word what the register refuses, and end with the exit code that goes with it."""
    try:
        yield
    except (UploadRefused, WorkStopped) as error:
        option = _OPTIONS.get(error.problem)
        fail("\n".join([*area_wording.refusal(error), *([f"({option})"] if option else [])]))
    except (AreaNotSound, NoteNeeded) as error:
        words = [" · ".join(area_wording.finding_words(finding)) for finding in error.findings]
        fail("\n".join([error.record, *words]), _NEEDS_NOTE if isinstance(error, NoteNeeded) else 1)
    except ValidationError as error:
        problems = wording.problems_of(0, error, ProductionAreaPayload)
        fail("\n".join(f"{problem.column}: {problem.zh} · {problem.en}" for problem in problems))
    except IntegrityError as error:
        fail(f"与登记的约束不符 · breaks a rule of the register: {str(error.orig).splitlines()[0]}")
    except ChangeNoteMissing as error:
        problem = wording.problem_of(0, error)
        fail(f"{error.record}: {problem.zh} · {problem.en} (--note)", _NEEDS_NOTE)
    except RegisterError as error:
        problem = wording.problem_of(0, error)
        facts = "，".join(str(value) for value in vars(error).values() if isinstance(value, str) and value)
        fail(f"{problem.zh} · {problem.en}（{facts}）")
