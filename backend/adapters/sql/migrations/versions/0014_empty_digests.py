"""Digests of journals that nobody noted, as bytes: SQLite took the default of 0011 for text"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE matches SET journal_digest = x'' WHERE typeof(journal_digest) = 'text'")


def downgrade() -> None:
    """Leaves the digests as bytes: older versions read those too."""
