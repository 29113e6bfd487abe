"""Homework read and marked, and its mistakes named."""
