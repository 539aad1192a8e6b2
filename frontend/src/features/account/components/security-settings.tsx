"use client";

import { useState } from "react";
import { loadSecondFactor } from "@/features/account/api";
import { PasskeysSection } from "@/features/account/components/passkeys-section";
import { PasswordSection } from "@/features/account/components/password-section";
import { SecondFactorSection } from "@/features/account/components/second-factor-section";
import { useLoaded } from "@/hooks/use-loaded";
import type { SecondFactor } from "@/lib/api/types";
import type { SecondFactor as BesidePassword } from "@/lib/passwords";

/** How one gets in. A passkey is a second factor as well, so the two parts know of each other. */
export function SecuritySettings() {
  const factor = useLoaded(loadSecondFactor);
  const [codes, setCodes] = useState<readonly string[]>();
  const changeCodes = (made: readonly string[] | undefined) => {
    setCodes(made);
    void factor.reload();
  };
  return (
    <>
      <PasswordSection secondFactor={besidePassword(factor.value)} />
      <SecondFactorSection resource={factor} codes={codes} onCodes={changeCodes} />
      <PasskeysSection
        withCode={factor.value?.totp ?? false}
        onRemoved={() => void factor.reload()}
        onAdded={changeCodes}
      />
    </>
  );
}

function besidePassword(factor: SecondFactor | undefined): BesidePassword {
  if (factor === undefined) return "unknown";
  return factor.totp || factor.passkeys > 0 ? "on" : "none";
}
