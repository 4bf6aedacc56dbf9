"""What Alembic runs: the migrations, on the connection and inside the transaction that `database.py` opened.

To add one, write `versions/NNNN_name.py` with the next number; `tables.py` follows in the same change.
"""

from __future__ import annotations

from alembic import context

from app.learners.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
