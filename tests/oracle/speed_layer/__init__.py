"""What the speed layer must write, computed from its raw input, and the comparison with it."""
