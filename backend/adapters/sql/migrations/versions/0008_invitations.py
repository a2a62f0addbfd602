"""Invitations to tournaments that are on"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("by_account_id", sa.String(length=64), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("invited_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.session_id"], name=op.f("fk_invitations_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_invitations_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["accounts.account_id"], name=op.f("fk_invitations_by_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "account_id", name=op.f("pk_invitations")),
    )
    for column in ("account_id", "by_account_id"):
        op.create_index(op.f(f"ix_invitations_{column}"), "invitations", [column], unique=False)


def downgrade() -> None:
    op.drop_table("invitations")
