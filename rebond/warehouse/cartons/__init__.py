"""Which carton holds these objects: mathematics only, no table and no page."""
