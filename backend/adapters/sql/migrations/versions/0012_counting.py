"""Matches that count in totals, and those that move ratings"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("counted", "rated"):
        op.add_column("matches", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    # What has counted so far goes on to count. What it moved were ratings too, of guests as well; those begin anew.
    op.execute("UPDATE matches SET counted = true WHERE match_id IN (SELECT match_id FROM match_sides WHERE counted)")
    op.execute(
        "UPDATE matches SET rated = true WHERE match_id IN ("
        " SELECT s.match_id FROM match_sides s JOIN accounts a ON a.account_id = s.account_id"
        " WHERE s.counted AND NOT a.guest GROUP BY s.match_id HAVING COUNT(DISTINCT s.account_id) = 2)"
    )


def downgrade() -> None:
    op.drop_column("matches", "rated")
    op.drop_column("matches", "counted")
