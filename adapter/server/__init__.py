"""The one FHIR client: references rendered and resolved, answers judged by one table, search, paging, pass-through.

Import from the modules; this page imports nothing, so `ids` and `references` cost nothing where no server is asked.

ids           Ids(region: str, key: bytes).of(key: Key) -> str
references    rendered(resource, to: Callable[[Key], Json]) -> Json
              literal(ids: Ids) -> Callable[[Key], Json]
              identifier_keys(resource) -> list[Key]
              resolved(resource, key_of: Callable[[str, str], Key | None], bases: Sequence[str] = ()) -> Json
answer        Answer(status, body, raw, content_type, etag, last_modified, location, retry_after, trouble), .ok; Trouble
issues        issues(answer) -> tuple[Issue, ...]; Issue(severity, code, token, expression), safe to log and to keep
wire          parsed(raw: bytes) -> Json; written(resource: Json) -> bytes; every digit of a decimal is kept
settings      ServerSettings(base=...)
client        async with FhirClient(settings) as client:
                  await client.read(kind, id); .vread(kind, id, version); .put(kind, id, resource, if_match=None)
                  await client.delete(kind, id); .post_transaction(bundle); .metadata() -> Answer
                  async for page in client.search(kind, [("identifier", "...")]); client.history(kind, id)
              A page is an Answer; one that is not ok is the last, and what came before is then not the whole.
outcome       verdict(answer, *, guarded=False, deleting=False, known_etag=None)
              -> Verdict(outcome: Outcome, row, sv, en, wait, issues)
records       await fetch(client, kind, params, keys_of, key_of=...) -> Fetched(found, bad, failed)
pages         Pages(...): .seal(link, holder) -> str; .unseal(token, holder) -> Link | None
passthrough   await forward(Door(client, base), Asked(method, path, query, headers, body, holder)) -> Answer,
              ready to hand on: status, raw, content_type, etag, last_modified, location, retry_after
"""
