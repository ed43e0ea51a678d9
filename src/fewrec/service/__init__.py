"""A living service: it takes in events, and the very next slate has learned from them."""
