"""The panel Gallery: decision surfaces of many networks, side by side.
Tiles are grouped by outcome; a card shows the details of one."""
