"""What a learner predicted, once for each wording and run, with the outcome once it was measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner_id", sa.Integer, sa.ForeignKey("learners.id", ondelete="CASCADE"), nullable=False),
        sa.Column("prediction_id", sa.String(60), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("given", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("measured_at", sa.DateTime, nullable=True),
        sa.Column("value", sa.Float, nullable=True),
        sa.UniqueConstraint("learner_id", "prediction_id", "version", name="one_prediction_each"),
    )


def downgrade() -> None:
    op.drop_table("predictions")
