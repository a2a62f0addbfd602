"""Accounts that were deleted: names that are still to be taken out of records, and tickets that stay void"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_since_ms"), "erasures", ["since_ms"], unique=False)
    _voided_tickets()


def downgrade() -> None:
    op.drop_table("erasures")
    op.execute("DELETE FROM voided_tickets WHERE account_id NOT IN (SELECT account_id FROM accounts)")
    _voided_tickets(
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_voided_tickets_account_id"), ondelete="CASCADE"
        )
    )


def _voided_tickets(*constraints: sa.Constraint) -> None:
    """The table anew, with what is in it: SQLite takes no constraint away."""
    op.execute("CREATE TABLE voided_tickets_before AS SELECT account_id, until_ms FROM voided_tickets")
    op.drop_index(op.f("ix_voided_tickets_until_ms"), table_name="voided_tickets")
    op.drop_table("voided_tickets")
    op.create_table(
        "voided_tickets",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        *constraints,
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_voided_tickets")),
    )
    op.create_index(op.f("ix_voided_tickets_until_ms"), "voided_tickets", ["until_ms"], unique=False)
    op.execute(
        "INSERT INTO voided_tickets (account_id, until_ms) SELECT account_id, until_ms FROM voided_tickets_before"
    )
    op.drop_table("voided_tickets_before")
