from chassis.problems import Problem


class ChangeNotFound(Problem):
    status, slug, title = 404, "change-not-found", "This todo has no such change in its history"
