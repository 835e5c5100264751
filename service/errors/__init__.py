"""Errors of the registry: facts in fields, no sentences; the edge (page, API, command line) words them."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.errors.merged import MergedField
from service.vocabulary import Severity


class RegisterError(Exception):
    """Anything the register refuses; `code` is stable and public."""

    code = "register_error"


@dataclass(eq=False)
class RecordNotFound(RegisterError):
    """There is no such published record."""

    kind: str
    key: str
    code = "not_found"


class FilesNotReady(RegisterError):
    """The register's files of this revision are being made by another request or process."""

    code = "files_not_ready"


@dataclass(eq=False)
class RecordGone(RegisterError):
    """The record was published once and is withdrawn; the reason stays (I-21)."""

    kind: str
    key: str
    reason: str
    withdrawal: str
    code = "gone"


@dataclass(eq=False)
class RecordMoved(RegisterError):
    """The record has another address now: it was renamed, or another record took its place."""

    kind: str
    key: str
    path: str
    code = "moved"


@dataclass(eq=False)
class ReferenceNotFound(RegisterError):
    """A field names a record that is not on the register."""

    field: str
    value: str
    wanted: str
    code = "reference_not_found"


@dataclass(eq=False)
class DuplicateRecord(RegisterError):
    """Another record already holds this key; `ulid` names it where it is known."""

    field: str
    value: str
    ulid: str = ""
    code = "duplicate"


@dataclass(eq=False)
class FieldNotAllowed(RegisterError):
    """A field's value does not go with the rest of the record."""

    field: str
    value: str
    problem: str
    code = "field_not_allowed"


@dataclass(eq=False)
class TransitionNotAllowed(RegisterError):
    """The move is not in the table of allowed moves."""

    record: str
    now: str
    wanted: str
    code = "bad_transition"


@dataclass(eq=False)
class FourEyes(RegisterError):
    """The person who submitted may not approve."""

    draft: str
    person: str
    code = "four_eyes"


@dataclass(eq=False)
class NotPermitted(RegisterError):
    """The member of staff lacks the role that the act needs."""

    login: str
    act: str
    code = "not_permitted"


@dataclass(eq=False)
class NotSignedIn(RegisterError):
    """Nobody is signed in, or something is still to be shown or chosen first; `next_step` is the page for it."""

    next_step: str
    code = "not_signed_in"


@dataclass(eq=False)
class PlainHttp(RegisterError):
    """The staff desk was asked for over a connection that others can read."""

    code = "plain_http"


@dataclass(eq=False)
class RolesQuarrel(RegisterError):
    """The roles may not be one account's: one of them shuts out what another opens."""

    login: str
    acts: tuple[str, ...]
    code = "roles_quarrel"


@dataclass(eq=False)
class PasswordRefused(RegisterError):
    """A new password that does not keep the rules; never carries the password."""

    problem: str
    code = "password_refused"


@dataclass(eq=False)
class LastAdmin(RegisterError):
    """Without this account nobody could keep the accounts."""

    login: str
    code = "last_admin"


@dataclass(eq=False)
class StaleVersion(RegisterError):
    """The record changed since the draft was begun."""

    record: str
    expected: int
    found: int
    code = "stale_version"


@dataclass(eq=False)
class EditConflict(StaleVersion):
    """Something was typed over an edition or version that is not the newest; nothing of it is lost.

    `draft` is the draft that it met, where it was no newer version of the record.
    """

    fields: tuple[MergedField, ...] = ()
    draft: str = ""
    code = "edit_conflict"


@dataclass(eq=False)
class ChangeNoteMissing(RegisterError):
    """A major change or a correction must say why (Order 80 art. 26 tells major changes from minor ones)."""

    draft: str
    record: str
    change: str
    code = "change_note_missing"


@dataclass(eq=False)
class SubmissionVoid(RegisterError):
    """Who handed the draft over may not do so any more, so nothing was handed over; another person may do it."""

    draft: str
    person: str
    code = "submission_void"


@dataclass(eq=False)
class CorrectionOrderMissing(RegisterError):
    """Grounds 5 and 6 need an earlier correction order whose deadline has passed (Order 80 art. 31)."""

    authorisation: str
    ground: str
    code = "correction_order_missing"


@dataclass(eq=False)
class BadIdentifier(RegisterError):
    """A code or number that cannot be what it should be; never carries the input itself."""

    problem: str
    position: int | None = None
    hints: tuple[str, ...] = ()
    code = "bad_identifier"


@dataclass(eq=False)
class BadDay(RegisterError):
    """A day or moment that cannot be answered for."""

    field: str
    problem: str
    code = "bad_date"


@dataclass(eq=False)
class BadCursor(RegisterError):
    """A paging cursor that this list did not give out."""

    code = "bad_cursor"


@dataclass(eq=False)
class CannotConfirm(RegisterError):
    """The register cannot be read or trusted right now, so nothing is confirmed (fail closed)."""

    problem: str
    code = "cannot_confirm"


@dataclass(eq=False)
class ForeignForm(RegisterError):
    """A form that did not come from one of our own pages."""

    code = "foreign_form"


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong with one cell of an import: where, what, and the value as found."""

    line: int
    column: str
    code: str
    value: str
    zh: str
    en: str


@dataclass(eq=False)
class ImportRefused(RegisterError):
    """A file that cannot be imported; nothing of it was kept."""

    file: str
    problems: list[RowProblem] = field(default_factory=list)
    code = "import_refused"


@dataclass(eq=False)
class WorkStopped(RegisterError):
    """What was sent could not be read within its limits: timed_out, out_of_memory, result_too_large, crashed."""

    problem: str
    code = "could_not_be_read"


@dataclass(eq=False)
class UploadRefused(RegisterError):
    """A file that was sent, or a step of its import, refused; `place` says where in it, `hint` what may help."""

    problem: str
    place: str = ""
    hint: str = ""
    code = "upload_refused"


@dataclass(eq=False)
class BatchRefused(RegisterError):
    """A batch of which no row can be read: its size, its columns, its encoding or its kind of file."""

    problem: str
    code = "batch_refused"


@dataclass(eq=False)
class RateLimited(RegisterError):
    """Too much at once: after how many seconds to come back, and the allowance that is used up."""

    act: str
    wait_s: int
    amount: int
    window_s: int
    code = "rate_limited"


@dataclass(eq=False)
class KeyRefused(RegisterError):
    """A key that is none, or was revoked."""

    code = "key_refused"


@dataclass(eq=False)
class ScopeMissing(RegisterError):
    """A key that is not good for this."""

    scope: str
    code = "scope_missing"


@dataclass(frozen=True)
class Dependent:
    """What came to rest on a batch since: a record by kind and key, and how."""

    kind: str
    key: str
    why: str


@dataclass(eq=False)
class UndoRefused(RegisterError):
    """A batch that cannot be undone, since later entries rest on it; they are named."""

    batch: str
    dependents: list[Dependent] = field(default_factory=list)
    code = "undo_refused"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found of an area: how grave it is, and the facts that word it."""

    code: str
    severity: Severity
    facts: dict[str, str | float | int] = field(default_factory=dict)


@dataclass(eq=False)
class AreaNotSound(RegisterError):
    """The checks of an area found what no note can answer."""

    record: str
    findings: list[Finding] = field(default_factory=list)
    code = "area_not_sound"


@dataclass(eq=False)
class NoteNeeded(RegisterError):
    """The checks of an area found what somebody must answer for in a note."""

    record: str
    findings: list[Finding] = field(default_factory=list)
    code = "needs_confirmation"


@dataclass(eq=False)
class BadKeyFile(RegisterError):
    """A file that holds no signing keys: unreadable, too_large, not_a_key_set."""

    problem: str
    code = "bad_key_file"


class ProofNotOffered(RegisterError):
    """This site has no key to sign with, so it gives no proofs rather than unsigned ones."""

    code = "proof_not_offered"


class NothingToProve(RegisterError):
    """The answer asks back (which product is meant?) and states nothing that a signature could stand for."""

    code = "nothing_to_prove"


@dataclass(eq=False)
class BadProof(RegisterError):
    """What was brought is no proof of ours: empty, too_large, not_a_proof, unknown_key, bad_signature."""

    problem: str
    code = "bad_proof"
