"use client";

import { useEffect, useState } from "react";

/**
 * The token of a mailed link. It travels in the fragment, which browsers send to no server, and leaves the address bar
 * at once, so that it stays in no history. Undefined: not looked yet; null: there is none.
 */
export function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>();
  useEffect(() => {
    const take = () => {
      const found = new URLSearchParams(globalThis.location.hash.slice(1)).get("token");
      if (found) globalThis.history.replaceState(globalThis.history.state, "", globalThis.location.pathname);
      // Looking a second time finds nothing, and means nothing.
      setToken((before) => found || before || null);
    };
    take();
    globalThis.addEventListener("hashchange", take);
    return () => globalThis.removeEventListener("hashchange", take);
  }, []);
  return token;
}
