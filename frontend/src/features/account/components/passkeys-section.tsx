"use client";

import { KeyRound } from "lucide-react";
import { lazy, Suspense, useRef } from "react";
import { EntriesSkeleton } from "@/components/entries-skeleton";
import { Entry } from "@/components/entry";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { When } from "@/components/when";
import { loadPasskeys, type Proof as ProofOfPerson, removePasskey } from "@/features/account/api";
import { Proof } from "@/features/account/components/proof";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";
import { useLoaded } from "@/hooks/use-loaded";
import type { Passkey } from "@/lib/api/types";

const PasskeyForm = lazy(() => import("@/features/account/components/passkey-form"));

interface PasskeysSectionProps {
  /** An authenticator app is set up: its code is asked for as well. */
  withCode: boolean;
  /** With the recovery codes that came with the first one: they are shown this once. */
  onAdded: (codes: readonly string[] | undefined) => void;
  onRemoved: () => void;
}

export function PasskeysSection({ withCode, onAdded, onRemoved }: PasskeysSectionProps) {
  const t = useText();
  const resource = useLoaded(loadPasskeys);
  const { isOpen, open, close, triggerRef } = useDisclosure();
  const list = useRef<HTMLUListElement>(null);

  const removed = (id: string) => {
    resource.set((before) => before.filter((passkey) => passkey.id !== id));
    list.current?.focus();
    onRemoved();
  };
  return (
    <SettingsSection
      title={t("Passkeys")}
      description={t(
        "Sign in with your fingerprint, face or screen lock instead of the password. Where there is one, the password alone lets nobody in.",
      )}
    >
      <div className="grid gap-5">
        <Loaded resource={resource} skeleton={<EntriesSkeleton rows={1} />}>
          {(passkeys) =>
            passkeys.length === 0 ? (
              <p className="text-soft text-sm">{t("There are none yet.")}</p>
            ) : (
              <ul ref={list} tabIndex={-1} aria-label={t("Passkeys")} className="divide-y outline-none">
                {passkeys.map((passkey) => (
                  <PasskeyEntry key={passkey.id} passkey={passkey} withCode={withCode} onRemoved={removed} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {isOpen ? (
          <Suspense fallback={<Skeleton className="h-72 w-full rounded-2xl" />}>
            <PasskeyForm
              withCode={withCode}
              onClose={close}
              onAdded={({ recovery_codes: codes, ...added }) => {
                resource.set((before) => [...before, added]);
                close();
                onAdded(codes ?? undefined);
              }}
            />
          </Suspense>
        ) : (
          <Button ref={triggerRef} onClick={open} className="w-fit">
            {t("Add a passkey")}
          </Button>
        )}
      </div>
    </SettingsSection>
  );
}

interface PasskeyEntryProps {
  passkey: Passkey;
  withCode: boolean;
  onRemoved: (id: string) => void;
}

function PasskeyEntry({ passkey, withCode, onRemoved }: PasskeyEntryProps) {
  const t = useText();
  const { connection } = useRuntime();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  const remove = async ({ password, code }: Required<ProofOfPerson>) => {
    await removePasskey(connection, passkey.id, { password, ...(withCode && { code }) });
    void notify("message", t("Passkey removed"), { description: passkey.name });
    onRemoved(passkey.id);
  };
  const proof = isOpen && (
    <Proof
      withCode={withCode}
      submit={t("Remove the passkey")}
      variant="danger"
      onCancel={close}
      onProof={remove}
    >
      {t(
        "“{name}” will not open your account any more. Your device keeps its half until you remove it there, too.",
        { name: passkey.name },
      )}
    </Proof>
  );
  return (
    <Entry
      below={proof}
      icon={<KeyRound aria-hidden />}
      title={<bdi>{passkey.name}</bdi>}
      action={
        !isOpen && (
          <Button
            ref={triggerRef}
            variant="ghost"
            aria-label={t("Remove {name}", { name: passkey.name })}
            onClick={open}
          >
            {t("Remove")}
          </Button>
        )
      }
    >
      {t.parts("Added {time}", { time: <When key="time" at={passkey.created_at} /> })},{" "}
      {passkey.last_used_at
        ? t.parts("last used {time}", { time: <When key="time" at={passkey.last_used_at} /> })
        : t("not used yet")}
    </Entry>
  );
}
