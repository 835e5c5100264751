"""The register as tables for everybody: the columns, said once, make the files and their dictionary."""

from service.register.open_data.building import DICTIONARY_TYPE
from service.register.open_data.columns import Column, Context, Dataset, Form, Heading
from service.register.open_data.datasets import DATASETS
from service.register.open_data.edition import PACKED, Edition, FileEntry, revision_of
from service.register.open_data.keeping import KEPT, EditionStore, Wanted
from service.register.open_data.reading import Size, latest_versions, plain, size_of
from service.register.open_data.results import RESULTS
from service.register.open_data.writing import Note, write

__all__ = [
    "DATASETS",
    "DICTIONARY_TYPE",
    "KEPT",
    "PACKED",
    "RESULTS",
    "Column",
    "Context",
    "Dataset",
    "Edition",
    "EditionStore",
    "FileEntry",
    "Form",
    "Heading",
    "Note",
    "Size",
    "Wanted",
    "latest_versions",
    "plain",
    "revision_of",
    "size_of",
    "write",
]
