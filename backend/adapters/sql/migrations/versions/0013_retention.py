"""Guests and sessions by their age, to find what is kept no longer"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guest = sa.text("guest")
    columns = ["created_ms", "account_id"]
    op.create_index("ix_accounts_guests", "accounts", columns, sqlite_where=guest, postgresql_where=guest)
    op.create_index(op.f("ix_sessions_created_ms_session_id"), "sessions", ["created_ms", "session_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_created_ms_session_id"), table_name="sessions")
    op.drop_index("ix_accounts_guests", table_name="accounts")
