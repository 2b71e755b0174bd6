"""`make bench`: figures beside their floors, on one machine, in one run. Nothing here is used by the site."""
