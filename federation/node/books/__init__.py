"""The node's own memory and its signed logs."""
