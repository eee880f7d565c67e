"""The panel Gallery: decision surfaces of many networks, grouped by outcome."""
