"""Places in several rooms, of which one is where the account is now"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite cannot give a table another primary key: it is made anew, with what was in it.
    _set_aside("SELECT account_id, code FROM room_members")
    op.create_table(
        "room_members",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("duel", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_room_members_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["code"], ["rooms.code"], name=op.f("fk_room_members_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "code", name=op.f("pk_room_members")),
    )
    op.create_index(op.f("ix_room_members_code"), "room_members", ["code"], unique=False)
    for column in ("duel", "current"):
        where = sa.text(column)
        name = f"uq_room_members_{column}"
        op.create_index(name, "room_members", ["account_id"], unique=True, sqlite_where=where, postgresql_where=where)
    op.execute(
        "INSERT INTO room_members (account_id, code, duel, current)"
        " SELECT account_id, code, code NOT IN (SELECT code FROM tournament_rooms), true FROM room_members_before"
    )
    op.drop_table("room_members_before")


def downgrade() -> None:
    # To the code before, everybody is in one room: where they are now, or else in any one of theirs.
    op.drop_index("uq_room_members_current", table_name="room_members")
    op.drop_index("uq_room_members_duel", table_name="room_members")
    _set_aside(
        "SELECT account_id, COALESCE(MIN(CASE WHEN current THEN code END), MIN(code)) AS code"
        " FROM room_members GROUP BY account_id"
    )
    op.create_table(
        "room_members",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_room_members_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["code"], ["rooms.code"], name=op.f("fk_room_members_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_room_members")),
    )
    op.create_index(op.f("ix_room_members_code"), "room_members", ["code"], unique=False)
    op.execute("INSERT INTO room_members (account_id, code) SELECT account_id, code FROM room_members_before")
    op.drop_table("room_members_before")


def _set_aside(rows: str) -> None:
    """Keeps these rows in a table of their own, and takes the old table away."""
    op.execute(f"CREATE TABLE room_members_before AS {rows}")
    op.drop_index(op.f("ix_room_members_code"), table_name="room_members")
    op.drop_table("room_members")
