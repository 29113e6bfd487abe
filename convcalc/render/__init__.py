"""Everything as text: a package for each subject, and beside them what they share."""
