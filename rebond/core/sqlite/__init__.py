"""Django's SQLite backend, but a query's placeholders are put into the driver's form once for each text."""
