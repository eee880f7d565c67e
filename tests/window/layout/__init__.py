"""Tests of the layout: trees, what fits, and the desk."""
