"""Parts for entering numbers and choices: fields, sliders, and their layout."""
