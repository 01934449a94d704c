import pytest

from supportnet.notices import sweeps
from tests.cast import now


@pytest.fixture(autouse=True)
def none_of_the_apps(monkeypatch):
    monkeypatch.setattr(sweeps, "_sweeps", [])


def test_a_sweep_that_fails_does_not_hold_up_the_others(caplog):
    swept = []

    @sweeps.sweep
    def broken(at):
        raise ZeroDivisionError

    @sweeps.sweep
    def fine(at):
        swept.append(at)

    at = now()
    sweeps.run_all(at)

    assert swept == [at]
    assert "broken failed" in caplog.text
