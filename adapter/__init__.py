"""Doors, delivery, the FHIR client and the embedded server: carries what `mappings` makes, and knows no field of it."""
