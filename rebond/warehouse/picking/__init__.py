"""Which way to walk, and which orders to carry together: mathematics only, no table, no page, no clock."""
