"""Mutation testing of the rules and the code tables: `python -m tests.mutation`, told in docs/mutation.md."""
