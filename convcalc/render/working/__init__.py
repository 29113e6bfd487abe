"""Worked quantities on a page."""
