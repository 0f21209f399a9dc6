"""The review queue: what people must look at, who is looking, what they decided."""
