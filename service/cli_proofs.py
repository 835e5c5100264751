"""The command line of proofs: dibiao verify-proof, and the keys that sign them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from joserfc.jwk import OKPKey
from rich.table import Table

from service.errors import BadKeyFile, BadProof
from service.proving import MAX_BYTES, Proof, add_key, check, read_keys
from service.settings import get_settings
from service.terminal import clock, console, fail

keys_app = typer.Typer(no_args_is_help=True, help="The keys that sign proofs.")


def verify_proof(
    file: Annotated[Path, typer.Argument(help="File of the proof.")],
    keys: Annotated[
        Path | None, typer.Option(help="Published keys (jwks.json); without it those of this site.")
    ] = None,
) -> None:
    """Check a proof without asking anybody; exit code 1 when it proves nothing."""
    path = keys or get_settings().signing_keys_path
    if path is None:
        fail("没有公钥，请用 --keys 指定 · no keys: name them with --keys")
    try:
        known: dict[str, OKPKey] = {each.kid: each.key for each in read_keys(path)}
        with file.open("rb") as opened:
            proof = check(opened.read(MAX_BYTES + 1), known.get)
    except BadKeyFile as error:
        fail(f"公钥读不出来 · the keys cannot be read: {error.problem}")
    except OSError:
        fail("文件读不出来 · the file cannot be read")
    except BadProof as error:
        fail(f"不能作为凭证 · this proves nothing: {error.problem}")
    _print(proof)


def _print(proof: Proof) -> None:
    answer = proof.signed.get("answer")
    said: dict[str, Any] = answer if isinstance(answer, dict) else {}
    subject = said.get("subject")
    console.print("[green]凭证属实 · the proof is genuine[/green]")
    for name, value in {
        "结论 verdict": said.get("headline"),
        "代码 code": subject.get("code") if isinstance(subject, dict) else None,
        "结果 result": f"{said.get('verdict')} / {said.get('reason_code')}",
        "日期 as of": said.get("as_of"),
        "签发 signed": said.get("checked_at"),
        "网站 issuer": proof.signed.get("issuer"),
        "密钥 key": proof.kid,
        "再核验 ask again": proof.signed.get("ask_again"),
    }.items():
        # Whoever names the keys may have signed it themselves: nothing in it may steer the terminal.
        text = "".join(
            letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value)
        )
        console.print(f"{name}: {text}", markup=False, highlight=False, soft_wrap=True)
    console.print("登记会变，请再核验一次 · the register changes: ask again")


@keys_app.command("new")
def new_key() -> None:
    """Make a key that signs from now on; the keys before it stay published and lose their private part."""
    path = get_settings().signing_keys_path
    if path is None:
        fail("请先设置 DIBIAO_SIGNING_KEY_FILE · set DIBIAO_SIGNING_KEY_FILE first")
    try:
        console.print(add_key(path, clock.now()))
    except BadKeyFile as error:
        fail(
            f"密钥文件读不出来，没有改动 · the key file cannot be read and was left as it is: {error.problem}"
        )


@keys_app.command("list")
def list_keys() -> None:
    """List the keys, the newest first."""
    path = get_settings().signing_keys_path
    if path is None or not path.exists():
        fail("没有签名密钥，不提供凭证 · no signing key: no proofs are offered")
    try:
        held = read_keys(path)
    except BadKeyFile as error:
        fail(f"密钥文件读不出来 · the key file cannot be read: {error.problem}")
    table = Table()
    for title in ("密钥 key", "生成 made", "用途 use"):
        table.add_column(title, overflow="fold")
    for each in held:
        table.add_row(each.kid, each.made_at, "签发 signs" if each.signs else "核对 checks")
    console.print(table)
