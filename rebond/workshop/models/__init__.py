from rebond.workshop.models.camera import CameraPair
from rebond.workshop.models.figures import ClosedDays, Crew, DayFlow, LeadTime, WeekWork
from rebond.workshop.models.learning import Caught
from rebond.workshop.models.listing import ReviewNote
from rebond.workshop.models.offline import KeptAct
from rebond.workshop.models.station import Device, Enrolment, SiteOptions, Station
from rebond.workshop.models.task import Step, Task
from rebond.workshop.models.worker import Badge, HelpCall, SecurityEvent, SignInRequest, Worker, WorkerSkill

__all__ = [
    "Badge",
    "CameraPair",
    "Caught",
    "ClosedDays",
    "Crew",
    "DayFlow",
    "Device",
    "Enrolment",
    "HelpCall",
    "KeptAct",
    "LeadTime",
    "ReviewNote",
    "SecurityEvent",
    "SignInRequest",
    "SiteOptions",
    "Station",
    "Step",
    "Task",
    "WeekWork",
    "Worker",
    "WorkerSkill",
]
