"""The service described in OpenAPI 3.1, made from what the policies declare."""
