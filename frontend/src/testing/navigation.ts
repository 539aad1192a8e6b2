import { useMemo, useSyncExternalStore } from "react";

/**
 * What Next.js does with the address, without Next.js:
 * `vi.mock("next/navigation", () => import("@/testing/navigation"))`.
 */
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

for (const method of ["pushState", "replaceState"] as const) {
  const original = history[method].bind(history);
  history[method] = (...change: Parameters<History["pushState"]>) => {
    original(...change);
    for (const listener of listeners) listener();
  };
}

export const usePathname = (): string => useSyncExternalStore(subscribe, () => location.pathname);

export function useSearchParams(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return useMemo(() => new URLSearchParams(search), [search]);
}

const router = {
  push: (href: string) => history.pushState(null, "", href),
  replace: (href: string) => history.replaceState(null, "", href),
  prefetch: () => undefined,
};

export const useRouter = (): typeof router => router;
