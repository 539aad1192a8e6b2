"use client";

import { lazy, Suspense, useContext, useState } from "react";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useSession } from "@/hooks/use-session";

const Confirm = lazy(() => import("@/components/ui/confirm"));

/** How long signing out waits for changes that are on their way. */
const PATIENCE = 4_000;

interface SignOut {
  signOut: () => void;
  isPending: boolean;
  /** To be rendered where the hook is used: asks before unsent changes are lost. */
  question: React.ReactNode;
}

/** Signs out everywhere in this browser, after what was typed here has reached the server. */
export function useSignOut(): SignOut {
  const { session } = useSession();
  const store = useContext(TodoStoreContext);
  const [stage, setStage] = useState<"rest" | "sending" | "asking">("rest");

  const leave = async () => {
    setStage("rest");
    await session.signOut();
  };
  const signOut = async () => {
    setStage("sending");
    const sent = !store || (await store.flush(AbortSignal.timeout(PATIENCE)));
    if (sent) await leave();
    else setStage("asking");
  };

  const question = stage === "asking" && (
    <Suspense>
      <Confirm
        title="Sign out and lose unsent changes?"
        confirm="Sign out anyway"
        cancel="Stay signed in"
        onConfirm={() => void leave()}
        onCancel={() => setStage("rest")}
      >
        Some of your changes have not reached the server yet. Signing out removes them from this device.
      </Confirm>
    </Suspense>
  );
  return { signOut: () => void signOut(), isPending: stage === "sending", question };
}
