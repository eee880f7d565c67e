"""Tests of xorviz, one file for each of its modules."""
