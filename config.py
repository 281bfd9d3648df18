"""Every setting of the program: name, type, default, meaning. The only place that reads the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Config:
    """What an administrator may decide; each field is set by ``CRM_`` and its name in capitals."""

    secret_key: str | None = None
    """Signs cookies and links; at least 32 characters. Development makes one in the instance folder."""
    instance: Path = Path("instance")
    """Folder for the database, the queue, exports and the key."""
    database_url: str = ""
    """Empty: a SQLite file in the instance folder; ``postgresql+psycopg://…`` for a team."""
    queue_url: str = ""
    """Empty: the embedded queue in the instance folder; ``redis://…`` or ``postgresql://…`` for a team."""
    compute_url: str = ""
    """Empty: the week is ranked on this machine; ``dask://host:port`` lets a Dask scheduler's workers do it.
    They must see the instance folder under the same name and have ``distributed`` installed."""
    host: str = "127.0.0.1"
    """Address the program listens on."""
    port: int = 5000
    """Port the program listens on."""
    base_url: str = ""
    """The address people type, used in printed links; empty: http://host:port."""
    env: str = "production"
    """``development`` under make run (no https needed), else ``production``."""
    contact: str = "administrator@localhost"
    """Contact address sent along with requests to the public registers, as they ask for."""
    offline: bool = False
    """True: never call anybody; the registers come from files alone."""
    home_municipality: str = "3420"
    """The municipality the team works for; distances are counted from it."""
    max_upload_mb: int = 20
    """Largest request body, in megabytes."""
    api_per_minute: int = 300
    """How many requests a minute one API token may make."""
    smtp_url: str = ""
    """The mail server: ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465``, or, for a server of
    one's own network that has no TLS, ``smtp://host:25?tls=none``. Empty: nothing is mailed."""
    mail_from: str = ""
    """Whom mails are from: ``crm@example.org`` or ``Klyngetorg <crm@example.org>``."""
    backup_folder: str = ""
    """Where the nightly backups go; empty: ``backups`` in the instance folder. Another disk is better."""
    backup_days: int = 14
    """How many nights' backups are kept, beside those of the weeks; 0: none is made."""
    backup_weeks: int = 8
    """Of how many weeks the first backup is kept."""
    log_format: str = "text"
    """``json``: one JSON object a line, for programs that collect logs. Neither holds personal data."""
    metrics_token: str = ""
    """Lets Prometheus read ``/metrics`` (``Authorization: Bearer``); empty: there is no such page."""
    oidc_issuer: str = ""
    """Sign-in with a provider by OpenID Connect, by its exact issuer, such as
    ``https://login.microsoftonline.com/<tenant>/v2.0`` or ``https://ansattporten.no``. Empty: none."""
    oidc_client_id: str = ""
    """Whom the provider knows this program as."""
    oidc_client_secret: str = ""
    """What this program shows the provider."""
    oidc_name: str = ""
    """What people call the provider, on the button; empty: its host."""

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment; ValueError with one clear sentence where a value cannot be used."""
        given = {name: os.environ[f"CRM_{name.upper()}"] for name in cls._names() if cls._is_given(name)}
        values: dict[str, object] = dict(given)
        for name in ("port", "max_upload_mb", "api_per_minute", "backup_days", "backup_weeks"):
            if name in given:
                values[name] = cls._whole_number(name, given[name])
        if "instance" in given:
            values["instance"] = Path(given["instance"])
        if "offline" in given:
            values["offline"] = given["offline"].lower() in {"1", "true", "yes"}
        if values.get("env") == "development" and "secret_key" not in values:
            values["secret_key"] = cls._kept_key(Path(str(values.get("instance", cls.instance))))
        cls._refuse_unfit(values)
        if values.get("metrics_token"):
            cls._share_metrics(Path(str(values.get("instance", cls.instance))))
        return cls(**values)  # type: ignore[arg-type]

    @staticmethod
    def _refuse_unfit(values: dict[str, object]) -> None:
        """ValueError where a value is none of those that can be used."""
        if values.get("env", "production") not in {"development", "production", "test"}:
            raise ValueError(f"CRM_ENV must be development or production, not {values['env']!r}.")
        if values.get("log_format", "text") not in {"json", "text"}:
            raise ValueError(f"CRM_LOG_FORMAT must be text or json, not {values['log_format']!r}.")
        if not str(values.get("compute_url", "dask://")).startswith(("dask://", "tcp://", "tls://")):
            raise ValueError(f"CRM_COMPUTE_URL must begin with dask://, not {values['compute_url']!r}.")
        if not str(values.get("oidc_issuer", "https://")).startswith("https://"):
            raise ValueError("CRM_OIDC_ISSUER must begin with https://.")
        if not str(values.get("smtp_url", "smtp://")).startswith(("smtp://", "smtps://")):
            raise ValueError("CRM_SMTP_URL must begin with smtp:// or smtps://.")

    @staticmethod
    def _share_metrics(instance: Path) -> None:
        """Where the processes of this machine add their counts up, as the Prometheus library asks for it."""
        folder = instance.resolve() / "metrics"
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return tuple(cls.__dataclass_fields__)

    @staticmethod
    def _is_given(name: str) -> bool:
        return bool(os.environ.get(f"CRM_{name.upper()}", "").strip())

    @staticmethod
    def _kept_key(instance: Path) -> str:
        """The development key, made once, readable by its owner alone."""
        instance.mkdir(parents=True, exist_ok=True)
        kept = instance / "secret.key"
        if not kept.exists():
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return kept.read_text(encoding="utf-8").strip()

    @staticmethod
    def _whole_number(name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"CRM_{name.upper()} must be a whole number, not {text!r}.")
        return int(text)

    @property
    def development(self) -> bool:
        """Whether plain http on loopback is enough."""
        return self.env != "production"

    @property
    def resolved_database_url(self) -> str:
        """The database to use, with the default spelled out."""
        return self.database_url or f"sqlite:///{(self.instance / 'crm.sqlite').resolve()}"

    @property
    def resolved_base_url(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
