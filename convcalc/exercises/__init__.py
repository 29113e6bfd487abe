"""Exercises: networks and arrays with questions, chosen so that no mistake hides in their numbers."""
