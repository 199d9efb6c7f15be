"""What goes over the wire, in both directions. Nothing here decides or saves."""
