"""Making a node, binding it to its community, and finding what is wrong with it."""
