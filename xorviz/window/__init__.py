"""The main window and the application: connects controls, session, document and panels.
The only place that imports both panels and engine."""
