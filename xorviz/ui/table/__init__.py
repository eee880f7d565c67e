"""Tables: columns declared once, a model of any rows, and a view with a current row."""
