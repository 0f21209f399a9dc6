"""How reports look: on a terminal, and as plain text where there is none."""
