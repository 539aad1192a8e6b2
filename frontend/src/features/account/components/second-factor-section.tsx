"use client";

import { LifeBuoy, ShieldCheck, ShieldOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Badge } from "@/components/entry";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { beginTotp, removeTotp, renewRecoveryCodes } from "@/features/account/api";
import { Proof } from "@/features/account/components/proof";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";
import type { Resource } from "@/hooks/use-resource";
import type { SecondFactor, TotpSetup } from "@/lib/api/types";

const AuthenticatorSetup = lazy(() => import("@/features/account/components/authenticator-setup"));
const RecoveryCodes = lazy(() => import("@/features/account/components/recovery-codes"));

/** So few are left that new ones should be made. */
const FEW = 3;

interface SecondFactorSectionProps {
  resource: Resource<SecondFactor>;
  /** Recovery codes that were just made and have to be kept now. */
  codes: readonly string[] | undefined;
  onCodes: (made: readonly string[] | undefined) => void;
}

export function SecondFactorSection({ resource, codes, onCodes }: SecondFactorSectionProps) {
  const t = useText();
  const [setup, setSetup] = useState<TotpSetup>();
  return (
    <SettingsSection
      title={t("Second factor")}
      description={t(
        "A code from an app on your phone, or a passkey, asked for after the password. Somebody who knows your password is not in yet.",
      )}
    >
      <Suspense fallback={<Skeleton className="h-40 w-full rounded-2xl" />}>
        {codes ? (
          <RecoveryCodes codes={codes} onKept={() => onCodes(undefined)} />
        ) : setup ? (
          <AuthenticatorSetup
            setup={setup}
            onConfirmed={(made) => {
              setSetup(undefined);
              onCodes(made);
            }}
            onCancel={() => setSetup(undefined)}
          />
        ) : (
          <Loaded resource={resource} skeleton={<FactorSkeleton />}>
            {(factor) => (
              <>
                {factor.totp ? (
                  <TurnedOn onRemoved={() => void resource.reload()} />
                ) : (
                  <TurnedOff onSetup={setSetup} />
                )}
                {(factor.totp || factor.passkeys > 0) && <WayBack factor={factor} onCodes={onCodes} />}
              </>
            )}
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
  const t = useText();
  const { connection } = useRuntime();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  return (
    <div className="grid gap-4">
      <p className="flex items-center gap-2.5 text-sm">
        <ShieldOff aria-hidden className="size-4.5 text-faint" />
        {t("No authenticator app is set up.")}
      </p>
      {isOpen ? (
        <Proof
          submit={t("Continue")}
          onCancel={close}
          onProof={async ({ password }) => onSetup(await beginTotp(connection, password))}
        >
          {t(
            "You need an authenticator app, such as Aegis, 2FAS or the one of your password manager. First, your password:",
          )}
        </Proof>
      ) : (
        <Button ref={triggerRef} onClick={open} className="w-fit">
          {t("Set up an authenticator app")}
        </Button>
      )}
    </div>
  );
}

function TurnedOn({ onRemoved }: { onRemoved: () => void }) {
  const t = useText();
  const { connection } = useRuntime();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <ShieldCheck aria-hidden className="size-4.5 text-accent" />
        {t("Authenticator app")}
        <Badge>{t("On")}</Badge>
      </div>
      {isOpen ? (
        <Proof
          withCode
          submit={t("Remove the app")}
          variant="danger"
          onCancel={close}
          onProof={async (proof) => {
            await removeTotp(connection, proof);
            void notify("message", t("Authenticator app removed"));
            onRemoved();
          }}
        >
          {t("Signing in will not ask for its codes any more.")}
        </Proof>
      ) : (
        <Button ref={triggerRef} onClick={open} className="w-fit">
          {t("Remove the app")}
        </Button>
      )}
    </div>
  );
}

interface WayBackProps {
  factor: SecondFactor;
  onCodes: (codes: string[]) => void;
}

/** Recovery codes belong to every second factor: apps and keys get lost. */
function WayBack({ factor, onCodes }: WayBackProps) {
  const t = useText();
  const { connection } = useRuntime();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  const left = factor.recovery_codes_left;
  return (
    <div className="mt-5 grid gap-4 border-t pt-5">
      <p className="flex items-center gap-3 text-sm">
        <LifeBuoy aria-hidden className="size-4.5 text-faint" />
        {t.count(left, "{count} recovery code left", "{count} recovery codes left")}
      </p>
      {left <= FEW && (
        <Notice
          tone="warning"
          title={left === 0 ? t("There are no recovery codes.") : t("Few recovery codes are left.")}
        >
          {t("Without them, losing your phone or your passkey means losing your account.")}
        </Notice>
      )}
      {isOpen ? (
        <Proof
          withCode={factor.totp}
          submit={t("Make new codes")}
          onCancel={close}
          onProof={async ({ password, code }) =>
            onCodes(await renewRecoveryCodes(connection, factor.totp ? { password, code } : { password }))
          }
        >
          {t("You get ten new recovery codes. Older ones stop working.")}
        </Proof>
      ) : (
        <Button ref={triggerRef} onClick={open} className="w-fit">
          {t("New recovery codes")}
        </Button>
      )}
    </div>
  );
}
