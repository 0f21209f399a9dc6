"""How often the checker is right, and the fitting of its risk. Needs the extra ``evaluation``."""
