"""The simulated year of orders, a short one (`make year` is the whole)."""

from pathlib import Path
from typing import Any

import pytest

from tools.bench import year_data
from tools.bench.year_data import Year

pytestmark = pytest.mark.page


@pytest.mark.django_db
def test_a_simulated_year_ends_with_books_that_are_right(tmp_path: Path, settings: Any) -> None:
    """Forty days of it, with what comes back, what is not found, what nobody pays, and payouts."""
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"
    year_data.build(60)
    Year(tmp_path / "year.json", 60, days=50).run()
    year = Year(tmp_path / "year.json", 60, days=50)  # run again, it goes on where it was: at its end
    year.run()
    found = year_data.prove(year.first.date(), 50)
    assert (found["check"]["ok"], found["gaps"], found["told"]) == (True, 0, [])
    assert found["payments"] == 60
    assert found["orders"] == 61, "one lapsed"
    assert found["refunds"] == 1
