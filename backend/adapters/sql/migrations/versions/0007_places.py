"""From which address how many places of the game servers are held"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("address", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("places", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("sessions", "places")
    op.drop_column("sessions", "address")
