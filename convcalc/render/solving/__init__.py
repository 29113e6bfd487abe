"""What was solved, as lines or JSON."""
