"""The panel Gallery: decision surfaces of many networks, side by side."""
