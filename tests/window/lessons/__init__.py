"""Tests of lessons in the whole window."""
