"use client";

import { lazy, Suspense, useState } from "react";
import type { Challenge } from "@/features/auth/api";
import { SignInForm } from "@/features/auth/components/sign-in-form";

const SecondStep = lazy(() => import("@/features/auth/components/second-step"));

/** E-mail address and password; then, for accounts that ask for it, the second factor. */
export function SignIn() {
  const [challenge, setChallenge] = useState<Challenge>();
  const form = <SignInForm onChallenge={setChallenge} />;
  if (!challenge) return form;
  return (
    <Suspense fallback={form}>
      <SecondStep challenge={challenge} onBack={() => setChallenge(undefined)} />
    </Suspense>
  );
}
