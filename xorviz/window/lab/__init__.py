"""The lab in the window: trains plans, opens networks, exports results."""
