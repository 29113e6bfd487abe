"""Worked arrays as text, Markdown, LaTeX, JSON or a picture."""
