"use client";

import { ShieldCheck, ShieldOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Badge } from "@/components/entry";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { beginTotp, loadSecondFactor, removeTotp, renewRecoveryCodes } from "@/features/account/api";
import { ProofForm } from "@/features/account/components/proof-form";
import { useRuntime } from "@/hooks/runtime";
import { useDisclosure } from "@/hooks/use-disclosure";
import { useLoaded } from "@/hooks/use-loaded";
import type { SecondFactor, TotpSetup } from "@/lib/api/types";

const AuthenticatorSetup = lazy(() => import("@/features/account/components/authenticator-setup"));
const RecoveryCodes = lazy(() => import("@/features/account/components/recovery-codes"));

/** So few are left that new ones should be made. */
const FEW = 3;

export function SecondFactorSection() {
  const resource = useLoaded(loadSecondFactor);
  const [setup, setSetup] = useState<TotpSetup>();
  const [codes, setCodes] = useState<string[]>();

  const finish = () => {
    setCodes(undefined);
    void resource.reload();
  };
  return (
    <SettingsSection
      title="Second factor"
      description="A code from an app on your phone, asked for after the password. Somebody who knows your password is not in yet."
    >
      <Suspense fallback={<Skeleton className="h-40 w-full rounded-2xl" />}>
        {codes ? (
          <RecoveryCodes codes={codes} onKept={finish} />
        ) : setup ? (
          <AuthenticatorSetup
            setup={setup}
            onConfirmed={(made) => {
              setSetup(undefined);
              setCodes(made);
            }}
            onCancel={() => setSetup(undefined)}
          />
        ) : (
          <Loaded resource={resource} skeleton={<FactorSkeleton />}>
            {(factor) =>
              factor.totp ? (
                <TurnedOn factor={factor} onCodes={setCodes} onRemoved={() => void resource.reload()} />
              ) : (
                <TurnedOff onSetup={setSetup} />
              )
            }
          </Loaded>
        )}
      </Suspense>
    </SettingsSection>
  );
}

function FactorSkeleton() {
  return (
    <div className="grid gap-4">
      <Skeleton className="h-6 w-40" />
      <Skeleton className="h-10 w-56 rounded-xl" />
    </div>
  );
}

function TurnedOff({ onSetup }: { onSetup: (setup: TotpSetup) => void }) {
  const { connection } = useRuntime();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  return (
    <div className="grid gap-4">
      <p className="flex items-center gap-2.5 text-sm">
        <ShieldOff aria-hidden className="size-4.5 text-faint" />
        No authenticator app is set up.
      </p>
      {isOpen ? (
        <ProofForm
          submit="Continue"
          onCancel={close}
          onProof={async ({ password }) => onSetup(await beginTotp(connection, password))}
        >
          You need an authenticator app, such as Aegis, 2FAS or the one of your password manager. First, your
          password:
        </ProofForm>
      ) : (
        <Button ref={triggerRef} onClick={open} className="w-fit">
          Set up an authenticator app
        </Button>
      )}
    </div>
  );
}

interface TurnedOnProps {
  factor: SecondFactor;
  onCodes: (codes: string[]) => void;
  onRemoved: () => void;
}

function TurnedOn({ factor, onCodes, onRemoved }: TurnedOnProps) {
  const { connection } = useRuntime();
  const renewal = useDisclosure();
  const removal = useDisclosure();
  const left = factor.recovery_codes_left;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <ShieldCheck aria-hidden className="size-4.5 text-accent" />
        Authenticator app
        <Badge>On</Badge>
        <span className="text-faint">{left === 1 ? "1 recovery code" : `${left} recovery codes`} left</span>
      </div>
      {left <= FEW && (
        <Notice
          tone="warning"
          title={left === 0 ? "No recovery codes are left." : "Few recovery codes are left."}
        >
          Without them, losing your phone means losing your account. Make new ones.
        </Notice>
      )}
      {renewal.isOpen && (
        <ProofForm
          withCode
          submit="Make new codes"
          onCancel={renewal.close}
          onProof={async (proof) => onCodes(await renewRecoveryCodes(connection, proof))}
        >
          You get ten new recovery codes. The old ones stop working.
        </ProofForm>
      )}
      {removal.isOpen && (
        <ProofForm
          withCode
          submit="Remove the app"
          variant="danger"
          onCancel={removal.close}
          onProof={async (proof) => {
            await removeTotp(connection, proof);
            void notify("message", "Authenticator app removed");
            onRemoved();
          }}
        >
          Signing in will ask for your password only. The recovery codes stop working.
        </ProofForm>
      )}
      {!renewal.isOpen && !removal.isOpen && (
        <div className="flex flex-wrap gap-3">
          <Button ref={renewal.triggerRef} onClick={renewal.open}>
            New recovery codes
          </Button>
          <Button ref={removal.triggerRef} variant="ghost" onClick={removal.open}>
            Remove the app
          </Button>
        </div>
      )}
    </div>
  );
}
