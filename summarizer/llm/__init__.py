"""Speaking to a language model: one protocol, one HTTP client, one embedded server."""
