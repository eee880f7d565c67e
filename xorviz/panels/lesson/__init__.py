"""The bar of a lesson: question, prediction, what to do, and why."""
