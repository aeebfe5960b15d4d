"""The page for trying operations: on GET /graphql, in the development profile only.

HTML, CSS and JavaScript as they stand in this folder, served by the hub itself: nothing is built, nothing comes
from another address, and the page's policy forbids that it ever does. Start at files.py and index.html.
"""
