"""What must survive: decisions, feedback, request events, used tokens and patients' numbers.

The only package that imports SQLAlchemy. Nothing here knows Flask, FHIR or a guideline: records
come as plain JSON, and go as plain JSON.
"""
