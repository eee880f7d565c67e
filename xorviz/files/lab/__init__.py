"""The lab's CSV table: its rows, its reader, and the file that is appended to and resumed."""
