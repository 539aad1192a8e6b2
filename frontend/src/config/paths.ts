/** Every address of the app, in one place. */
export const paths = {
  todos: "/",
  today: "/today",
  upcoming: "/upcoming",
  done: "/done",
  trash: "/trash",
  /** With `?name=`. */
  tag: "/tag",
  /** With `?q=`. */
  search: "/search",
  /** Where the system's share sheet leads, with `?title=&text=&url=`. */
  share: "/share",
  register: "/register",
  signIn: "/sign-in",
  forgot: "/forgot",
  reset: "/reset",
  verify: "/verify",
  settings: "/settings",
  security: "/settings/security",
  devices: "/settings/devices",
  tokens: "/settings/tokens",
  activity: "/settings/activity",
  data: "/settings/data",
} as const;

export type AppPath = (typeof paths)[keyof typeof paths];

export type SignInPath = typeof paths.signIn | `${typeof paths.signIn}?next=${string}`;

const known: readonly string[] = Object.values(paths);
/** Pages that nobody is led back to after signing in. */
const forGuests: readonly string[] = [paths.register, paths.signIn, paths.forgot, paths.reset, paths.verify];

/** The address of the sign-in page that leads back to `from`, with its query, afterwards. */
export function signInPath(from: string, search = ""): SignInPath {
  const isHome = from === paths.todos && search === "";
  return isHome || !known.includes(from)
    ? paths.signIn
    : `${paths.signIn}?next=${encodeURIComponent(from + search)}`;
}

const ofTodos: readonly string[] = [
  paths.todos,
  paths.today,
  paths.upcoming,
  paths.done,
  paths.trash,
  paths.tag,
  paths.search,
];

/** Whether an address is one of the views that share a page, so that going between them needs no server. */
export const isTodosPath = (href: string | null): boolean => ofTodos.includes(href?.split("?")[0] ?? "");

/** Where to go after signing in: only pages of this app, never an address that somebody put into a link. */
export function afterSignIn(search: string): AppPath | `${AppPath}?${string}` {
  const next = new URLSearchParams(search).get("next") ?? paths.todos;
  const [path = "", query] = next.split("?", 2);
  if (!known.includes(path) || forGuests.includes(path)) return paths.todos;
  return query ? `${path as AppPath}?${new URLSearchParams(query)}` : (path as AppPath);
}
