"use client";

import { usePathname, useRouter } from "next/navigation";
import { useCallback } from "react";
import { type AppPath, isTodosPath } from "@/config/paths";

/** Goes to an address of the app. Between views of the todos nothing has to be fetched, so that works offline. */
export function useNavigate(): (href: string) => void {
  const router = useRouter();
  const pathname = usePathname();
  return useCallback(
    (href) => {
      if (isTodosPath(pathname) && isTodosPath(href)) globalThis.history.pushState(null, "", href);
      else router.push(href as AppPath);
    },
    [router, pathname],
  );
}
