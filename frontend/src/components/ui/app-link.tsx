"use client";

import Link from "next/link";
import { useOnline } from "@/hooks/use-online";

/** A link that gets its page before it is pressed, but asks nobody for it where there is no network. */
export function AppLink(props: React.ComponentProps<typeof Link>) {
  const isOnline = useOnline();
  return <Link {...props} {...(!isOnline && { prefetch: false })} />;
}
