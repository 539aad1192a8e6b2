"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { hrefOf, type Place, placeOf } from "@/features/todos/places";

interface Here {
  readonly place: Place;
  /** The todo whose details are open. */
  readonly openId: string | null;
  /** The address of this place with a todo open, or with none. */
  readonly hrefWith: (todoId: string | null) => string;
}

/** Where one is, as the address says. */
export function usePlace(): Here {
  const pathname = usePathname();
  const parameters = useSearchParams();
  return useMemo(() => {
    const place = placeOf(pathname, parameters);
    return { place, openId: parameters.get("todo"), hrefWith: (todoId) => hrefOf(place, todoId) };
  }, [pathname, parameters]);
}
