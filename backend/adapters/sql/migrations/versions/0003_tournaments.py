"""Tournaments, and rooms that collect their entrants"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tournament_rooms",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["rooms.code"], name=op.f("fk_tournament_rooms_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tournament_rooms")),
    )
    op.create_index(op.f("ix_tournament_rooms_opened_ms"), "tournament_rooms", ["opened_ms"], unique=False)
    op.create_index(op.f("ix_tournament_rooms_starts_ms"), "tournament_rooms", ["starts_ms"], unique=False)
    op.create_table(
        "tournaments",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("champion", sa.String(length=64), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.session_id"], name=op.f("fk_tournaments_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_tournaments")),
    )
    op.create_index(op.f("ix_tournaments_ended_ms"), "tournaments", ["ended_ms"], unique=False)


def downgrade() -> None:
    # A room for a tournament means nothing to the code before; its members find themselves in none.
    op.execute("DELETE FROM rooms WHERE code IN (SELECT code FROM tournament_rooms)")
    op.drop_index(op.f("ix_tournaments_ended_ms"), table_name="tournaments")
    op.drop_table("tournaments")
    op.drop_index(op.f("ix_tournament_rooms_starts_ms"), table_name="tournament_rooms")
    op.drop_index(op.f("ix_tournament_rooms_opened_ms"), table_name="tournament_rooms")
    op.drop_table("tournament_rooms")
