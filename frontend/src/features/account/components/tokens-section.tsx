"use client";

import { SquareTerminal } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { EntriesSkeleton } from "@/components/entries-skeleton";
import { Badge, Entry } from "@/components/entry";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { When } from "@/components/when";
import { loadTokens, revokeToken } from "@/features/account/api";
import { NewToken } from "@/features/account/components/new-token";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useDisclosure } from "@/hooks/use-disclosure";
import { useLoaded } from "@/hooks/use-loaded";
import type { ApiToken, CreatedApiToken } from "@/lib/api/types";

const TokenForm = lazy(() => import("@/features/account/components/token-form"));

export function TokensSection() {
  const t = useText();
  const resource = useLoaded(loadTokens);
  const { isOpen, open, close, triggerRef } = useDisclosure();
  const [created, setCreated] = useState<CreatedApiToken>();
  const list = useRef<HTMLUListElement>(null);

  const revoked = (id: string) => {
    resource.set((before) => before.filter((token) => token.id !== id));
    list.current?.focus();
  };
  return (
    <SettingsSection
      title={t("API tokens")}
      description={t(
        "For scripts and other programs that work with your todos. Each does only what you allow it, and ends by itself.",
      )}
    >
      <div className="grid gap-5">
        {created && <NewToken created={created} onDone={() => setCreated(undefined)} />}
        <Loaded resource={resource} skeleton={<EntriesSkeleton rows={2} />}>
          {(tokens) =>
            tokens.length === 0 ? (
              <p className="text-soft text-sm">{t("There are none yet.")}</p>
            ) : (
              <ul ref={list} tabIndex={-1} aria-label={t("API tokens")} className="divide-y outline-none">
                {tokens.map((token) => (
                  <TokenEntry key={token.id} token={token} onRevoked={revoked} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {isOpen ? (
          <Suspense fallback={<Skeleton className="h-96 w-full rounded-2xl" />}>
            <TokenForm
              onClose={close}
              onCreated={(made) => {
                const { token: _, ...listed } = made;
                resource.set((before) => [listed, ...before]);
                setCreated(made);
                close();
              }}
            />
          </Suspense>
        ) : (
          !created && (
            <Button ref={triggerRef} onClick={open} className="w-fit">
              {t("Create a token")}
            </Button>
          )
        )}
      </div>
    </SettingsSection>
  );
}

function TokenEntry({ token, onRevoked }: { token: ApiToken; onRevoked: (id: string) => void }) {
  const t = useText();
  const { connection } = useRuntime();
  const { run, isPending, failure } = useAction(async () => {
    await revokeToken(connection, token.id);
    void notify("message", t("Token revoked"), { description: token.name });
    onRevoked(token.id);
  });
  const isOver = Date.parse(token.expires_at) <= Date.now();
  return (
    <Entry
      below={failure !== undefined && <Failure error={failure} onRetry={() => void run()} />}
      icon={<SquareTerminal aria-hidden />}
      title={
        <>
          <bdi>{token.name}</bdi>
          {isOver && <Badge tone="warn">{t("Expired")}</Badge>}
          <Badge tone="quiet">
            {token.scopes.includes("todos:write") ? t("Read and change") : t("Read only")}
          </Badge>
        </>
      }
      action={
        <ConfirmButton
          variant="ghost"
          aria-label={t("Revoke {name}", { name: token.name })}
          isPending={isPending}
          question={t("Revoke “{name}”?", { name: token.name })}
          explanation={t("Programs that use it stop working at once. That cannot be taken back.")}
          confirm={t("Revoke it")}
          onConfirm={() => void run()}
        >
          {t("Revoke")}
        </ConfirmButton>
      }
    >
      {t.parts(isOver ? "Ended {time}" : "Ends {time}", { time: <When key="time" at={token.expires_at} /> })},{" "}
      {token.last_used_at
        ? t.parts("last used {time}", { time: <When key="time" at={token.last_used_at} /> })
        : t("not used yet")}
    </Entry>
  );
}
