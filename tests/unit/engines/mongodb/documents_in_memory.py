"""Collections in memory that answer the finds that writes begin with, and take what writes change."""

from __future__ import annotations

from operator import itemgetter

OPERATORS = {"$in": lambda value, wanted: value in wanted, "$gt": lambda value, bound: value > bound}


class Cursor:
    def __init__(self, documents):
        self.documents = documents

    def sort(self, field, direction=1):
        return Cursor(sorted(self.documents, key=itemgetter(field), reverse=direction < 0))

    def limit(self, count):
        return Cursor(self.documents[:count] if count else self.documents)

    def batch_size(self, _):
        return self

    async def to_list(self):
        return self.documents


class Collection:
    def __init__(self):
        self.documents = []
        self.finds = 0

    def find(self, condition, fields=None, session=None):
        self.finds += 1
        return Cursor([one for one in self.documents if matches(one, condition)])


class Database(dict):
    """Collections by name; each is made when it is asked for."""

    def __missing__(self, name):
        self[name] = Collection()
        return self[name]

    def take(self, operations):
        """Do what a batch changes, as a server does: what is to go must be there, what is new must not."""
        for one in operations:
            documents = self[one.collection].documents
            if one.gone is not None:
                (gone,) = [document for document in documents if matches(document, one.gone)]
                documents.remove(gone)
            if one.new is not None:
                documents.append(one.new)


def matches(document, condition):
    """Return whether a document has these values; of a field that is a list one of them is enough."""
    return all(_has(document.get(field), wanted) for field, wanted in condition.items())


def _has(value, wanted):
    values = value if isinstance(value, list) else [value]
    if isinstance(wanted, dict):
        ((operator, bound),) = wanted.items()
        return any(OPERATORS[operator](one, bound) for one in values if one is not None)
    return wanted in values
