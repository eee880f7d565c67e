"""Where everything meets: the main window and the application.

Connects controls, session, document and panels.
"""
