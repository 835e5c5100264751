"""The register as tables for everybody: the columns, said once, make the files and their dictionary."""

from service.register.open_data.columns import Column, Context, Dataset, Form, Heading
from service.register.open_data.datasets import DATASETS
from service.register.open_data.reading import Size, latest_versions, plain, rows_of, size_of, values_of
from service.register.open_data.results import RESULTS
from service.register.open_data.writing import Note, write

__all__ = [
    "DATASETS",
    "RESULTS",
    "Column",
    "Context",
    "Dataset",
    "Form",
    "Heading",
    "Note",
    "Size",
    "latest_versions",
    "plain",
    "rows_of",
    "size_of",
    "values_of",
    "write",
]
