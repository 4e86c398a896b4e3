"""The Pythons that jobs run with: found where they are, or built from a list of packages and kept."""
