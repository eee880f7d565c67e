"""The stages of a lesson, a page for each."""
