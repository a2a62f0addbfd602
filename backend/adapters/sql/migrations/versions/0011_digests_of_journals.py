"""Digests of journals, so that who has a file can check that it is the one that was recorded"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of older records there is none: that a journal is the one of then was shown to nobody.
    op.add_column("matches", sa.Column("journal_digest", sa.LargeBinary(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("matches", "journal_digest")
