"""A client of the decision service, in two forms that do the same: waiting, and async."""

from keyaccount.client.answers import Decision, Job, ListFailedError, ServiceError
from keyaccount.client.async_client import AsyncClient
from keyaccount.client.client import Client

__all__ = ["AsyncClient", "Client", "Decision", "Job", "ListFailedError", "ServiceError"]
