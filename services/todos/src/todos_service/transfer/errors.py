from chassis.problems import Problem


class UnknownFormat(Problem):
    """`detail` says what was looked for in it."""

    status, slug, title = 422, "import-not-understood", "This is not a file of that format"
