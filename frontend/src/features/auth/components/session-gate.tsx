"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect } from "react";
import { Splash } from "@/components/splash";
import { paths, signInPath } from "@/config/paths";
import { CannotOpen } from "@/features/auth/components/cannot-open";
import { useSession } from "@/hooks/use-session";

interface SessionGateProps {
  /** The shape of the page, shown to someone who was here before. */
  placeholder: React.ReactNode;
  children: React.ReactNode;
}

/** Shows its content to signed-in people and leads everybody else to the sign-in page. */
export function SessionGate({ placeholder, children }: SessionGateProps) {
  const session = useSession();
  const router = useRouter();
  const pathname = usePathname();
  const target = session.phase !== "signed-out" ? undefined : leadTo(session.reason, pathname);

  useEffect(() => {
    if (target) router.replace(target);
  }, [router, target]);

  if (session.user) return children;
  if (session.phase === "unreachable") return <CannotOpen error={session.error} />;
  if (session.phase === "signed-out") return <Splash />;
  return (
    <>
      <Splash className="if-stranger" />
      <div className="if-known">{placeholder}</div>
    </>
  );
}

/** Someone who chose to leave starts afresh; everybody else comes back to where they were going. */
function leadTo(reason: string, pathname: string) {
  return reason === "ended" || reason === "absent"
    ? signInPath(pathname, globalThis.location.search)
    : paths.signIn;
}
