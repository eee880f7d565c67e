"""The main window and the application: connects controls, session, document and panels."""
