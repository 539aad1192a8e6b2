"use client";

import { lazy, Suspense, useContext, useEffect, useRef, useState } from "react";
import type { Losses } from "@/components/sign-out-question";
import { useRuntime } from "@/hooks/runtime";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useSession } from "@/hooks/use-session";
import { countDrafts } from "@/lib/storage/drafts";
import { Latch } from "@/lib/sync/latch";
import type { TodoStore, Unsynced } from "@/lib/sync/types";

const SignOutQuestion = lazy(() => import("@/components/sign-out-question"));

/** How long signing out waits for changes that are on their way. */
const PATIENCE = 4_000;
/** And for this device to be read, which needs no network. */
const READING = 3_000;

const unknown: Unsynced = { unsent: 0, conflicts: 0, refusals: 0, unread: true };

interface SignOut {
  signOut: () => void;
  isPending: boolean;
  /** To be rendered where the hook is used: asks before unsent changes are lost. */
  question: React.ReactNode;
}

/** Signs out everywhere in this browser, after what was typed here has reached the server. */
export function useSignOut(): SignOut {
  const { session, user } = useSession();
  const { local } = useRuntime();
  const waitForStore = useStoreThatComes();
  const [isPending, setPending] = useState(false);
  const [lost, setLost] = useState<Losses>();

  const leave = async () => {
    setLost(undefined);
    await session.signOut();
  };
  const lossesNow = async (): Promise<Losses | undefined> => {
    const reading = AbortSignal.timeout(READING);
    const store = await waitForStore(reading);
    const drafts = user ? countDrafts(local.drafts(user.id).get()) : 0;
    if (!store || !(await store.read(reading))) return { ...(store?.unsynced() ?? unknown), drafts };
    // Without a network there is nothing to wait for.
    const patience = navigator.onLine ? AbortSignal.timeout(PATIENCE) : AbortSignal.abort();
    const isSent = await store.flush(patience);
    return isSent && drafts === 0 ? undefined : { ...store.unsynced(), drafts };
  };
  const signOut = async () => {
    setPending(true);
    const losses = await lossesNow();
    setPending(false);
    if (losses) setLost(losses);
    else await leave();
  };

  const question = lost && (
    <Suspense>
      <SignOutQuestion losses={lost} onConfirm={() => void leave()} onCancel={() => setLost(undefined)} />
    </Suspense>
  );
  return { signOut: () => void signOut(), isPending, question };
}

/** The store is loaded when somebody is here: who is faster than that waits for it. */
function useStoreThatComes(): (signal: AbortSignal) => Promise<TodoStore | undefined> {
  const store = useContext(TodoStoreContext);
  const latest = useRef(store);
  const [came] = useState(() => new Latch());
  useEffect(() => {
    latest.current = store;
    came.open();
  }, [store, came]);
  return async (signal) => {
    while (!latest.current && !signal.aborted) await came.wait(signal);
    return latest.current;
  };
}
