"""What the command line measures with."""
