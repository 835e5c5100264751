"""Production areas from the forms they arrive in: reading, reference systems, datums, checks, and files out.

`reading` runs in a confined process (`service.confining`); it and what it imports know no database.
"""
