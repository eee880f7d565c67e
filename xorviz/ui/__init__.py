"""Qt parts that know no network: plots, drawing, forms, frames and colours."""
