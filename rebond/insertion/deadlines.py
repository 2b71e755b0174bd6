"""What may be due for a person on their path."""

PASS_END = "insertion.pass_end"  # noqa: S105 -- a kind, no secret
CONTRACT_END = "insertion.contract_end"
