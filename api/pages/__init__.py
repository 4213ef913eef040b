"""Pages for people: the newsroom's desk, served by the same process as the API."""
