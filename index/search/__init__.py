"""A request in, a response out: what the pages, the endpoint and the command line ask."""
