"""A client of the decision service, in two forms that do the same: waiting, and async."""

from keyaccount.client.answers import Decision, ServiceError
from keyaccount.client.client import AsyncClient, Client

__all__ = ["AsyncClient", "Client", "Decision", "ServiceError"]
