"""The tables of this service are declared on one base, so that they can refer to each other and migrate together."""

from sqlalchemy.orm import DeclarativeBase

from chassis.database import COLUMN_TYPES, metadata


class Table(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES
