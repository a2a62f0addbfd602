"""Sign-ins that are listed and run out, and browsers that are known"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("sign_in_id", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("used_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("tokens", sa.Column("device", sa.String(length=64), nullable=False, server_default=""))
    tokens = sa.table("tokens", sa.column("digest"), sa.column("sign_in_id"), sa.column("used_ms"))
    connection = op.get_bind()
    digests = list(connection.scalars(sa.select(tokens.c.digest)))
    if digests:
        # From before it was known when they were used last: everybody has the whole time once more.
        now = sa.text("CAST(strftime('%s', 'now') AS INTEGER) * 1000")
        if connection.dialect.name == "postgresql":
            now = sa.text("CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000")
        connection.execute(sa.update(tokens).values(used_ms=now))
        change = sa.update(tokens).where(tokens.c.digest == sa.bindparam("of"))
        rows = [{"of": digest, "named": secrets.token_urlsafe(12)} for digest in digests]
        connection.execute(change.values(sign_in_id=sa.bindparam("named")), rows)
    op.create_index("uq_tokens_sign_in_id", "tokens", ["sign_in_id"], unique=True)
    op.create_index(op.f("ix_tokens_created_ms"), "tokens", ["created_ms"], unique=False)
    op.create_index(op.f("ix_tokens_used_ms"), "tokens", ["used_ms"], unique=False)
    op.create_table(
        "known_devices",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_known_devices_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("pk_known_devices")),
    )


def downgrade() -> None:
    op.drop_table("known_devices")
    op.drop_index(op.f("ix_tokens_used_ms"), table_name="tokens")
    op.drop_index(op.f("ix_tokens_created_ms"), table_name="tokens")
    op.drop_index("uq_tokens_sign_in_id", table_name="tokens")
    for column in ("device", "used_ms", "sign_in_id"):
        op.drop_column("tokens", column)
