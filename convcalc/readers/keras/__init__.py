"""Networks of Keras: configurations as a program saves them."""
