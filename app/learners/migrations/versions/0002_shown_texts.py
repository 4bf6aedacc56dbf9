"""Each answer keeps the texts that the learner saw under what was chosen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("shown_texts", sa.JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "shown_texts")
