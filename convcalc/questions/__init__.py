"""Questions asked of layers and networks: how, which, and what differs."""
