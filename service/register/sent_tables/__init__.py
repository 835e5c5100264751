"""Tables as people send them, read in a confined process (`service.confining`).

Nothing here or imported here knows a database: the process begins sooner, and what is hostile finds less in it.
"""
