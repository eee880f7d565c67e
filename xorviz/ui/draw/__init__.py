"""Parts for painting by hand: cached pictures, tiles, contour lines, label placement."""
