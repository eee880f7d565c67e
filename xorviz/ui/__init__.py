"""Qt parts independent of the network: plots, drawing, forms, frames and colours."""
