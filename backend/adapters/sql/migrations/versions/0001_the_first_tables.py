"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("name_key", sa.String(length=512), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name_key", name=op.f("uq_accounts_name_key")),
    )
    op.create_table(
        "game_servers",
        sa.Column("server", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("incarnation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("server", name=op.f("pk_game_servers")),
    )
    op.create_table(
        "rooms",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("deadline_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_deadline_ms"), "rooms", ["deadline_ms"], unique=False)
    op.create_index(op.f("ix_rooms_session_id"), "rooms", ["session_id"], unique=False)
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
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
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("server", sa.String(length=64), nullable=False),
        sa.Column("epoch", NUMBER, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("open_view", sa.Boolean(), nullable=False),
        sa.Column("spec", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("room_code", sa.String(length=6), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["server"], ["game_servers.server"], name=op.f("fk_sessions_server")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_stage_server", "sessions", ["stage", "server"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_tokens_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_table(
        "matches",
        sa.Column("match_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("match", NUMBER, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("spec", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], name=op.f("fk_matches_session_id")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_matches")),
        sa.UniqueConstraint("session_id", "match", "attempt", name=op.f("uq_matches_session_id_match_attempt")),
    )
    op.create_table(
        "journals",
        sa.Column("match_id", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.match_id"], name=op.f("fk_journals_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_journals")),
    )
    op.create_table(
        "match_sides",
        sa.Column("match_id", NUMBER, nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("wins", NUMBER, nullable=False),
        sa.Column("losses", NUMBER, nullable=False),
        sa.Column("draws", NUMBER, nullable=False),
        sa.Column("points_for", NUMBER, nullable=False),
        sa.Column("points_against", NUMBER, nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("longest_rally", NUMBER, nullable=False),
        sa.Column("top_speed", NUMBER, nullable=False),
        sa.Column("play_us", sa.BigInteger(), nullable=False),
        sa.Column("distance", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.match_id"], name=op.f("fk_match_sides_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", "side", name=op.f("pk_match_sides")),
    )
    op.create_index("ix_match_sides_account_id_match_id", "match_sides", ["account_id", "match_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_match_sides_account_id_match_id", table_name="match_sides")
    op.drop_table("match_sides")
    op.drop_table("journals")
    op.drop_table("matches")
    op.drop_index(op.f("ix_tokens_account_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index("ix_sessions_stage_server", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_room_members_code"), table_name="room_members")
    op.drop_table("room_members")
    op.drop_table("signing_keys")
    op.drop_index(op.f("ix_rooms_session_id"), table_name="rooms")
    op.drop_index(op.f("ix_rooms_deadline_ms"), table_name="rooms")
    op.drop_table("rooms")
    op.drop_table("game_servers")
    op.drop_table("accounts")
