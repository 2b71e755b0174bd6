"""Proofs that rooms above add to `check-ledger`: what they know must equal what the books say. A registry.

A proof answers what is wrong, one row each: (key, what the room says, what the books say), in cents.
"""

from collections.abc import Callable, Iterable

type Wrong = tuple[str, int, int]
type Proof = Callable[[], Iterable[Wrong]]
PROOFS: dict[str, Proof] = {}


def register_proof(name: str, proof: Proof) -> None:
    """Add a proof; raise ValueError where the name is taken by another one."""
    if PROOFS.get(name, proof) is not proof:
        raise ValueError(f"the proof {name} is registered twice")
    PROOFS[name] = proof
