"""Parts for curves on axes: the plot, axes, ticks, and picking a step."""
