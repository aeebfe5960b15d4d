"""A module for each page: takes a session and a visit, answers a Page; computes no figure of its own."""
