"""Parts for painting by hand: cached pictures, tiles, label placement."""
