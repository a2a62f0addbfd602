"""The tables. Times are unix milliseconds; blobs named after a contract message hold it serialized."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)

# Row numbers, and the contract's uint32. SQLite's INTEGER has 64 bits, and it numbers rows by itself only in one.
Number = BigInteger().with_variant(Integer, "sqlite")


class Text(TypeDecorator[str]):
    """Text with a maximum length in characters. A query for text with a NUL is no error; it finds nothing."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        # PostgreSQL's text has no NUL. What we keep has none either, but people ask by ids that they made up.
        return value if value is None else value.replace("\0", "\ufffd")


def _where(column: str) -> dict[str, Any]:
    """Arguments of an index over the rows in which a column is true."""
    return {"sqlite_where": text(column), "postgresql_where": text(column)}


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text(64), primary_key=True),
    Column("name", Text(80), nullable=False),
    # What it looks like: no two are given that look alike. Null where two did before that was a rule, and of a name
    # that was given up.
    Column("look", Text(512)),
    Index("uq_accounts_look", "look", unique=True),
    Column("name_key", Text(512), nullable=False, unique=True),
    Column("guest", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    # Audience of its history: `core.privacy.Audience`.
    Column("history", Text(16), nullable=False),
    Index("ix_accounts_guests", "created_ms", "account_id", **_where("guest")),
)

# A token is never stored, only its SHA-256.
tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False, index=True),
    # By which its owner names it. It is no credential.
    Column("sign_in_id", Text(32), nullable=False),
    # To the hour.
    Column("used_ms", BigInteger, nullable=False, index=True),
    Column("device", Text(64), nullable=False),
    Index("uq_tokens_sign_in_id", "sign_in_id", unique=True),
)

# Browsers that have signed in to an account: the SHA-256 of a cookie that outlives the token.
known_devices = Table(
    "known_devices",
    metadata,
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("seen_ms", BigInteger, nullable=False),
)

# Argon2id in PHC's format. A guest has none.
passwords = Table(
    "passwords",
    metadata,
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    Column("phc", Text(256), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# Who signed out lately: tickets of theirs that were signed until then are void.
voided_tickets = Table(
    "voided_tickets",
    metadata,
    # No foreign key: of an account that was deleted they stay void.
    Column("account_id", Text(64), primary_key=True),
    Column("until_ms", BigInteger, nullable=False, index=True),
)

# Accounts that were deleted, and whose names are still to be taken out of records.
erasures = Table(
    "erasures",
    metadata,
    Column("account_id", Text(64), primary_key=True),
    Column("since_ms", BigInteger, nullable=False, index=True),
)

# What one account wants of another, when that is anything: `core.friends.Stance`.
stances = Table(
    "stances",
    metadata,
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("stance", Text(16), nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("code", Text(6), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("session_id", Text(64), nullable=False, index=True),
    # When the next member's place is lost.
    Column("deadline_ms", BigInteger, index=True),
)

# Rooms for a tournament, to find those that are open, and those that start by themselves.
tournament_rooms = Table(
    "tournament_rooms",
    metadata,
    Column("code", ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True),
    Column("listed", Boolean, nullable=False),
    Column("opened_ms", BigInteger, nullable=False, index=True),
    # While it is open and does not wait for its host.
    Column("starts_ms", BigInteger, index=True),
)

# Who has a place in which room. Held by the database: one room for duels per account, and one where it is now.
room_members = Table(
    "room_members",
    metadata,
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    Column("code", ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True, index=True),
    Column("duel", Boolean, nullable=False),
    Column("current", Boolean, nullable=False),
    Index("uq_room_members_duel", "account_id", unique=True, **_where("duel")),
    Index("uq_room_members_current", "account_id", unique=True, **_where("current")),
)

game_servers = Table(
    "game_servers",
    metadata,
    Column("server", Text(64), primary_key=True),
    Column("address", Text(255), nullable=False),
    Column("incarnation", BigInteger, nullable=False),
)

# The session directory.
sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Text(64), primary_key=True),
    Column("server", ForeignKey("game_servers.server"), nullable=False),
    Column("epoch", Number, nullable=False),
    Column("stage", Text(16), nullable=False),
    Column("origin", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("open_view", Boolean, nullable=False),
    Column("spec", LargeBinary, nullable=False),
    # Who asked for it: the one who sits at both seats of a local session.
    Column("account_id", Text(64), nullable=False),
    Column("room_code", Text(6), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    # From where it was asked for, as long as it is on; empty for the house and operators.
    Column("address", Text(64), nullable=False),
    # The matches that it may have on at once.
    Column("places", Integer, nullable=False),
    Index("ix_sessions_stage_server", "stage", "server"),
    Index("ix_sessions_created_ms_session_id", "created_ms", "session_id"),
)

# Whose seats a session has, to find the sessions that somebody is in.
session_seats = Table(
    "session_seats",
    metadata,
    Column("account_id", Text(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
)

# Of sessions that are tournaments. What is null is known when it is over.
tournaments = Table(
    "tournaments",
    metadata,
    Column("session_id", ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary(32)),
    Column("state", LargeBinary),
    Column("champion", Text(64)),
    Column("ended_ms", BigInteger, index=True),
)

# An organiser would like to have somebody in a tournament that is on.
invitations = Table(
    "invitations",
    metadata,
    Column("session_id", ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("by_account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    # Kept, so that it is not repeated.
    Column("declined", Boolean, nullable=False),
    Column("invited_ms", BigInteger, nullable=False),
)

matches = Table(
    "matches",
    metadata,
    Column("match_id", Number, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("sessions.session_id"), nullable=False),
    Column("match", Number, nullable=False),
    Column("attempt", Number, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("spec", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("recorded_ms", BigInteger, nullable=False),
    # As its session was.
    Column("listed", Boolean, nullable=False),
    # SHA-256 of the journal as it was reported; empty for older records.
    Column("journal_digest", LargeBinary(32), nullable=False, server_default=""),
    # It counts in the totals of those who played it, and it moves ratings: `core.counting`.
    Column("counted", Boolean, nullable=False),
    Column("rated", Boolean, nullable=False),
    UniqueConstraint("session_id", "match", "attempt"),
    Index("ix_matches_listed", "match_id", **_where("listed")),
)

# What each account did in each match: totals are sums over this, and so cannot drift from the matches.
match_sides = Table(
    "match_sides",
    metadata,
    Column("match_id", ForeignKey("matches.match_id", ondelete="CASCADE"), primary_key=True),
    Column("side", Integer, primary_key=True),
    Column("account_id", Text(64), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("wins", Number, nullable=False),
    Column("losses", Number, nullable=False),
    Column("draws", Number, nullable=False),
    Column("points_for", Number, nullable=False),
    Column("points_against", Number, nullable=False),
    Column("hits", BigInteger, nullable=False),
    Column("longest_rally", Number, nullable=False),
    Column("top_speed", Number, nullable=False),
    Column("play_us", BigInteger, nullable=False),
    Column("distance", BigInteger, nullable=False),
    Index("ix_match_sides_account_id_match_id", "account_id", "match_id"),
)

journals = Table(
    "journals",
    metadata,
    Column("match_id", ForeignKey("matches.match_id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# Ticket keys (Ed25519, 32 raw bytes), and the key that game servers' credentials come from.
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text(32), primary_key=True),
    Column("purpose", Text(16), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)
