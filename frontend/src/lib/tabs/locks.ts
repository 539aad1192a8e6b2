/** The part of the Web Locks API in use here. */
export interface Locks {
  request<Result>(
    name: string,
    options: { signal?: AbortSignal },
    work: () => Promise<Result>,
  ): Promise<Result>;
}

/** Browsers without Web Locks (and servers) run the work at once: every use here is an economy, never a safety. */
const unlocked: Locks = { request: (_name, _options, work) => work() };

export function browserLocks(): Locks {
  const locks = globalThis.navigator?.locks;
  if (!locks) return unlocked;
  return { request: (name, options, work) => locks.request(name, options, work) as ReturnType<typeof work> };
}
