"""What the workshop tells the rooms above (skills, impact), inside the action's transaction.

`step_done`: one step was recorded; `step` is the row. Never sent for a training step.
"""

from django.dispatch import Signal

step_done = Signal()
