"""HL7's, national and our own code tables, each with its source above it."""
