"""Carriers behind one contract; what each is told and answers, without a database. See docs/carriers.md."""
