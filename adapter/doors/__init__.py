"""The gateway's doors: the regional API, `/fhir`, and what operators look at."""
