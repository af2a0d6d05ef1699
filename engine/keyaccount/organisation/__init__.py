"""People, roles, superiors, regions and deputies: who does what, on which day."""

from keyaccount.organisation.organisation import Organisation
from keyaccount.organisation.people import Deputy, Holding, Person
from keyaccount.organisation.reader import read_organisation

__all__ = ["Deputy", "Holding", "Organisation", "Person", "read_organisation"]
