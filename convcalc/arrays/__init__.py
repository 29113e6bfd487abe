"""The numbers inside: small arrays read, and every number of a layer's output worked out by the formula of its kind."""
