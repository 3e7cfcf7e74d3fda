"""What the region says, how FHIR says it, and the rules between them. Pure: no I/O, no clock, no settings."""
