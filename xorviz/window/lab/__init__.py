"""The lab in the window: trains plans, opens networks, exports results.
The controller runs the lab; the other files open, export and ask."""
