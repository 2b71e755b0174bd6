#!/usr/bin/env python
"""Django's usual entry; `rebond` does the same."""

from rebond.__main__ import main

if __name__ == "__main__":
    main()
