"""One module an assertion: ASSERTION says what must be true, `check` tries it."""
