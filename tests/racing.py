"""Works let loose together, each in a thread with a connection of its own."""

import threading

from django.db import connection


def race(works):
    """All of these let loose together on a real database; what each raised, in no order."""
    gate, raised = threading.Barrier(len(works)), []

    def run(work):
        try:
            gate.wait()
            work()
        except Exception as error:  # noqa: BLE001 -- the test looks at what was raised
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
