"""Where the tables of this service are collected. The features describe them."""

from sqlalchemy.orm import DeclarativeBase

from chassis.database import COLUMN_TYPES, metadata


class Table(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES
