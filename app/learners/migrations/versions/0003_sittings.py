"""Answers belong to sittings, which say how they ended; each earlier answer was a sitting with one try."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

EARLIER_SITTINGS = """
INSERT INTO sittings (id, learner_id, question_id, begun_at, ended_at, ending)
SELECT id, learner_id, question_id, created_at, created_at,
       CASE verdict WHEN 'right' THEN 'right' ELSE 'revealed' END
FROM attempts ORDER BY id
"""


def upgrade() -> None:
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner_id", sa.Integer, sa.ForeignKey("learners.id", ondelete="CASCADE"), nullable=False),
        sa.Column("question_id", sa.String(60), nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=True),
        sa.Column("ending", sa.String(8), nullable=True),
    )
    op.create_index("sittings_by_question", "sittings", ["learner_id", "question_id"])
    # In plain SQL: SQLite takes a reference with a new column, and no other way to add one.
    op.execute("ALTER TABLE attempts ADD COLUMN sitting_id INTEGER REFERENCES sittings (id)")
    op.add_column("attempts", sa.Column("tries_left", sa.Integer, nullable=False, server_default="0"))
    op.create_index("attempts_by_sitting", "attempts", ["sitting_id"])
    op.execute(EARLIER_SITTINGS)
    op.execute("UPDATE attempts SET sitting_id = id")


def downgrade() -> None:
    op.drop_index("attempts_by_sitting", "attempts")
    op.drop_column("attempts", "tries_left")
    op.drop_column("attempts", "sitting_id")
    op.drop_table("sittings")
