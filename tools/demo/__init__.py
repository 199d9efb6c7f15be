"""The demo: plays the whole path on real parts, through the same pages that a browser uses."""
