"use client";

import { useSession } from "@/hooks/use-session";

/** Tells password managers whose password a form is about. Nobody sees it. */
export function AccountName() {
  const { user } = useSession();
  return <input hidden readOnly type="text" autoComplete="username" value={user?.email ?? ""} />;
}
