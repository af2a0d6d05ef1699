"""Cases: commands come in, deadlines fall due, effects go out; the store and its workers."""
