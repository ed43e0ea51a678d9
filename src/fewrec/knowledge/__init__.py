"""What we know before any click: text, attributes, graphs."""
