from chassis.problems import Problem


class TodoNotFound(Problem):
    """Also raised for a todo that belongs to someone else, so that ids cannot be probed, and for a deleted one."""

    status, slug, title = 404, "todo-not-found", "There is no such todo"


class VersionConflict(Problem):
    """`current` is the todo as it is now."""

    status, slug, title = 409, "version-conflict", "This todo has changed since you loaded it"


class PreconditionFailed(Problem):
    """`current` is the todo as it is now."""

    status, slug, title = 412, "precondition-failed", "This todo has another version than If-Match names"


class PreconditionRequired(Problem):
    status, slug, title = 428, "precondition-required", "Say which version you saw, in If-Match or as `version`"


class TodoExists(Problem):
    """`current` is the todo that has the id."""

    status, slug, title = 409, "todo-exists", "Another todo of yours has this id"


class TodoDeleted(Problem):
    """Ids are not used again: a todo that was deleted stays deleted, whoever sends it late."""

    status, slug, title = 409, "todo-deleted", "The todo with this id has been deleted"


class TooManyTodos(Problem):
    """`limit` is how many todos one may have that are not deleted."""

    status, slug, title = 409, "too-many-todos", "You have as many todos as one account may have"


class IdempotencyKeyReused(Problem):
    status, slug, title = 422, "idempotency-key-reused", "This Idempotency-Key came with another request before"


class TodoUnreadable(Problem):
    """A stored text does not open: it was damaged, copied from another row, or its key is gone.

    The whole list is refused rather than shown without it: nobody should find out later that a line is missing.
    """

    status, slug, title = 500, "todo-unreadable", "A stored todo cannot be read"


class KeyUnreadable(TodoUnreadable):
    """Not of one todo: the key of all of an owner's is gone, or this process has not been given what unwraps it."""
