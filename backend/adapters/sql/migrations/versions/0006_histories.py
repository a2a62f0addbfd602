"""Audience of an account's history, and the listing of matches"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    everybody = sa.Column("history", sa.String(length=16), nullable=False, server_default="everybody")
    op.add_column("accounts", everybody)
    op.add_column("matches", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Each match was listed as its session was.
    op.execute(
        "UPDATE matches SET listed = (SELECT listed FROM sessions WHERE sessions.session_id = matches.session_id)"
    )
    where = sa.text("listed")
    op.create_index("ix_matches_listed", "matches", ["match_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_matches_listed", table_name="matches")
    op.drop_column("matches", "listed")
    op.drop_column("accounts", "history")
