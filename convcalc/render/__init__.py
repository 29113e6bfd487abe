"""Everything to text: a room for each subject, and beside them what they share."""
