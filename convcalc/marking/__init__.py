"""Homework: read, marked, and its mistakes named."""
