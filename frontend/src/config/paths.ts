/** Every address of the app, in one place. */
export const paths = {
  todos: "/",
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

/** The address of the sign-in page that leads back to `from` afterwards. */
export function signInPath(from: string): SignInPath {
  return from === paths.todos || !known.includes(from)
    ? paths.signIn
    : `${paths.signIn}?next=${encodeURIComponent(from)}`;
}

/** Where to go after signing in: only pages of this app, never an address that somebody put into a link. */
export function afterSignIn(search: string): AppPath {
  const next = new URLSearchParams(search).get("next") ?? paths.todos;
  return known.includes(next) && !forGuests.includes(next) ? (next as AppPath) : paths.todos;
}
