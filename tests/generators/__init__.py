"""Random facts and random policies, for tests that hold one backend against another."""
