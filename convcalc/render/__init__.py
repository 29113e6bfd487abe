"""Reports as text: one module a format, one table of columns for them all."""
