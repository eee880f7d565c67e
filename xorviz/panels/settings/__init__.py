"""The settings of a run: the panel Controls, and the fields it shares with other forms."""
