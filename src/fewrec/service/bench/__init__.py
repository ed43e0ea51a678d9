"""How fast the service is: a shop made up, a real server process, and clients that cost little."""
