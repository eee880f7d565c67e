"""The panel Gallery: decision surfaces of many networks, sorted by outcome."""
