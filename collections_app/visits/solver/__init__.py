"""Whom to visit, when and in what order: a problem in, a checked plan out. Pure: no database, no clock."""
