"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Splash } from "@/components/splash";
import { afterSignIn } from "@/config/paths";
import { useSession } from "@/hooks/use-session";

/** Shows its content to people who are not signed in, and leads the others to the app. */
export function GuestGate({ children }: { children: React.ReactNode }) {
  const { phase, user } = useSession();
  const router = useRouter();

  useEffect(() => {
    if (phase === "signed-in") router.replace(afterSignIn(globalThis.location.search));
  }, [phase, router]);

  // Someone who was here before is most likely still signed in: the form would only flash up.
  if (user && phase !== "unreachable") return <Splash />;
  return (
    <>
      {phase === "restoring" && <Splash className="if-known" />}
      <div className={phase === "restoring" ? "if-stranger" : ""}>{children}</div>
    </>
  );
}
