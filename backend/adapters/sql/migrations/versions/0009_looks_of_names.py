"""Looks of names, so that no two that look alike are given; and room for names of joined emoji"""

import sqlalchemy as sa
from alembic import op

from backend.core import names

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    _resize(80)
    op.add_column("accounts", sa.Column("look", sa.String(length=512)))
    accounts = sa.table(
        "accounts",
        sa.column("account_id"),
        sa.column("name"),
        sa.column("name_key"),
        sa.column("created_ms"),
        sa.column("look"),
    )
    connection = op.get_bind()
    # Who has had a name for longer keeps its look; who looks the same stays as they are, without one. A name that was
    # given up has a key that begins with a control character.
    query = sa.select(accounts.c.account_id, accounts.c.name, accounts.c.name_key)
    rows = connection.execute(query.order_by(accounts.c.created_ms, accounts.c.account_id)).all()
    looks: dict[str, str] = {}
    for row in rows:
        if not row.name_key.startswith("\x01"):
            looks.setdefault(names.look(row.name), row.account_id)
    change = sa.update(accounts).where(accounts.c.account_id == sa.bindparam("of")).values(look=sa.bindparam("seen"))
    found = [{"of": account_id, "seen": look} for look, account_id in looks.items()]
    for begin in range(0, len(found), AT_ONCE):
        connection.execute(change, found[begin : begin + AT_ONCE])
    op.create_index("uq_accounts_look", "accounts", ["look"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_accounts_look", table_name="accounts")
    op.drop_column("accounts", "look")
    _resize(20)


def _resize(length: int) -> None:
    """Names of at most so many code points. To go back, longer ones are cut."""
    if op.get_bind().dialect.name == "postgresql":
        kept = f"substr(name, 1, {length})"
        op.alter_column("accounts", "name", type_=sa.String(length=length), nullable=False, postgresql_using=kept)
        return
    # SQLite changes no column, and to make the table anew would take along whatever refers to it.
    op.add_column("accounts", sa.Column("resized", sa.String(length=length), nullable=False, server_default=""))
    op.execute(f"UPDATE accounts SET resized = substr(name, 1, {length})")
    op.drop_column("accounts", "name")
    op.alter_column("accounts", "resized", new_column_name="name")
