"use client";

import { Check, CloudOff, RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { useDelayed } from "@/features/sync/hooks/use-delayed";
import { useSnapshot, useTodoStore } from "@/hooks/todo-store";
import { useOnline } from "@/hooks/use-online";
import { useSession } from "@/hooks/use-session";
import { explain } from "@/lib/api/explain";

/** Faster than this, saving is not worth a word. */
const UNNOTICED = 400;

/** What became of the last changes: quiet while all is well, plain when it is not. */
export function SyncStatus() {
  const store = useTodoStore();
  const { connection, unsent } = useSnapshot();
  const { phase, session } = useSession();
  const online = useOnline();
  const busy = useDelayed(connection.state === "sending", UNNOTICED);
  const stuck = !online || phase === "unreachable" || connection.state === "waiting";

  if (stuck) {
    const error = connection.state === "waiting" ? connection.error : undefined;
    const retry = () => {
      session.wake();
      store.kick();
    };
    return <Stuck title={explain(error, online).title} online={online} unsent={unsent} onRetry={retry} />;
  }
  return (
    <p role="status" className="flex items-center gap-1.5 text-faint text-sm">
      {busy ? (
        <>
          <Spinner />
          Saving
        </>
      ) : (
        <>
          <Check aria-hidden className="size-4" />
          <span className="max-sm:sr-only">Saved</span>
        </>
      )}
    </p>
  );
}

interface StuckProps {
  title: string;
  online: boolean;
  unsent: number;
  onRetry: () => void;
}

function Stuck({ title, online, unsent, onRetry }: StuckProps) {
  const waiting = unsent === 1 ? "1 change waits" : `${unsent} changes wait`;
  return (
    <div role="status" className="flex items-center rounded-full bg-warn-soft py-0.5 pr-1 pl-3 text-sm">
      <CloudOff aria-hidden className="mr-2 size-4 text-warn" />
      <span className="max-sm:sr-only">{online ? title : "Offline"}</span>
      {unsent > 0 && <span className="sm:before:mx-1.5 sm:before:content-['·']">{waiting}</span>}
      {online ? (
        <Button
          variant="ghost"
          aria-label="Try again now"
          className="ml-1 size-8 rounded-full px-0"
          onClick={onRetry}
        >
          <RefreshCw aria-hidden className="size-4" />
        </Button>
      ) : (
        <span className="size-8 sm:w-2" />
      )}
    </div>
  );
}
