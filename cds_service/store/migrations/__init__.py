"""Each change of the tables, as alembic runs them; 'upgrade' is the only one who starts it."""
