"""What a person writes, as records with their places."""
