"""The typed core: lowering, requirements, binding to a date."""
