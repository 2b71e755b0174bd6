"""Which waiting task runs first: what people see or wait for, before what may take its time.

The queue takes the highest number, then the oldest. A task that failed and comes back keeps its own.
"""

INDEX = 40  # a sold object leaves the results
MAIL = 30  # a code to sign in
JOBS = 0  # what a person follows on a page, and periodic work
IMPORTS = -20
IMAGES = -40
