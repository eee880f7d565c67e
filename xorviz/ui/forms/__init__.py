"""Parts for entering numbers and choices.

Fields, sliders, and their wording.
"""
