"""Parts for painting by hand: cached pictures, tiles, contour lines, label placement.
Cached pictures, colour tiles, label placement."""
