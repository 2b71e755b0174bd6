"""Forms of the catalogue's desk."""
