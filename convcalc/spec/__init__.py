"""What a person wrote, as records: a network not yet expanded or computed."""
