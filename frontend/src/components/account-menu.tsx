"use client";

import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useSignOut } from "@/components/use-sign-out";
import { useText } from "@/hooks/text";
import { useSession } from "@/hooks/use-session";

const load = () => import("@/components/account-menu-items");
const Items = lazy(load);

export function AccountMenu() {
  const t = useText();
  const { user } = useSession();
  const { signOut, isPending, question } = useSignOut();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (!user) return <Skeleton className="size-9 rounded-full" />;
  const name = user.display_name || user.email;
  return (
    <>
      <Button
        ref={button}
        variant="ghost"
        size="icon"
        aria-label={t("Account of {name}", { name })}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        isPending={isPending}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpen(true)}
      >
        <span className="grid size-9 place-items-center rounded-full bg-accent-soft font-semibold text-accent text-sm uppercase">
          {initials(name)}
        </span>
      </Button>
      {isOpen && (
        <Suspense>
          <Items user={user} triggerRef={button} onClose={() => setOpen(false)} onSignOut={signOut} />
        </Suspense>
      )}
      {question}
    </>
  );
}

function initials(name: string): string {
  const [first = "", second = ""] = (name.split("@")[0] ?? "").split(/[\s._-]+/).filter(Boolean);
  return ([...first][0] ?? "?") + ([...second][0] ?? "");
}
