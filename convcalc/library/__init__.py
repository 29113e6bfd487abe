"""The library: networks, layers, solutions and marks as values.  Public is what `convcalc` itself offers."""
