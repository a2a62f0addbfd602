"""Passwords, friends, and what is needed to see what friends are doing"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passwords",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("phc", sa.String(length=256), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_passwords_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "voided_tickets",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_voided_tickets_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_voided_tickets")),
    )
    op.create_index(op.f("ix_voided_tickets_until_ms"), "voided_tickets", ["until_ms"], unique=False)
    op.create_table(
        "stances",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("other_id", sa.String(length=64), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_stances_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["accounts.account_id"], name=op.f("fk_stances_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "other_id", name=op.f("pk_stances")),
    )
    op.create_index(op.f("ix_stances_other_id"), "stances", ["other_id"], unique=False)
    # Sessions that are on at this moment are not seen by friends; they last some minutes.
    op.create_table(
        "session_seats",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.session_id"], name=op.f("fk_session_seats_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "session_id", name=op.f("pk_session_seats")),
    )


def downgrade() -> None:
    op.drop_table("session_seats")
    op.drop_index(op.f("ix_stances_other_id"), table_name="stances")
    op.drop_table("stances")
    op.drop_index(op.f("ix_voided_tickets_until_ms"), table_name="voided_tickets")
    op.drop_table("voided_tickets")
    op.drop_table("passwords")
