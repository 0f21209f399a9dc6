"""Runs the migrations: alembic, on a connection of ours. Loaded only where there is one to run."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Brings a database to a revision, in the transaction that the connection is in.

    Raises alembic's CommandError for a database at a revision that this version does not know.
    """
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revisions() -> list[str]:
    """All revisions, the first one first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in found][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
