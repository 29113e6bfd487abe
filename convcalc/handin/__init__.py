"""What is handed in: files and archives, whose they are, and a class of them marked."""
