"""The lab in the window: trains plans and opens networks."""
