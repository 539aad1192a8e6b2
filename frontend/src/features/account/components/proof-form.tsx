"use client";

import { type Resolver, useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button, type ButtonProps } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import type { Proof } from "@/features/account/api";
import { AccountName } from "@/features/account/components/account-name";
import { CodeField } from "@/features/account/components/code-field";
import { useText } from "@/hooks/text";

type Values = Required<Proof>;

const load = () => import("@/features/account/resolvers");
const passwordOnly: Resolver<Values> = lazyResolver(
  async () => (await load()).passwordProofResolver as unknown as Resolver<Values>,
);
const both: Resolver<Values> = lazyResolver(async () => (await load()).fullProofResolver);

export interface ProofFormProps {
  /** What for, in a sentence. */
  children: React.ReactNode;
  /** A code of the authenticator app, or a recovery code, is asked for as well. */
  withCode?: boolean;
  submit: string;
  variant?: ButtonProps["variant"];
  onProof: (proof: Values) => Promise<unknown>;
  onCancel: () => void;
}

/** Asks for the password again before something important: an unlocked screen is not enough for it. */
export default function ProofForm(props: ProofFormProps) {
  const t = useText();
  const { children, withCode = false, submit, variant = "primary", onProof, onCancel } = props;
  const form = useForm<Values>({
    resolver: withCode ? both : passwordOnly,
    defaultValues: { password: "", code: "" },
  });
  const { onSubmit, failure, isPending } = useSubmission(form, onProof, {
    password: "password",
    ...(withCode && { code: "code" }),
  });
  const { errors } = form.formState;
  return (
    <form onSubmit={onSubmit} noValidate className="grid animate-rise gap-4 rounded-2xl bg-sunken p-4 sm:p-5">
      <p className="text-pretty text-soft text-sm">{children}</p>
      {failure !== undefined && <Failure error={failure} />}
      <AccountName />
      <PasswordField
        label={t("Your password")}
        autoComplete="current-password"
        autoFocus
        {...form.register("password")}
        error={errors.password?.message}
      />
      {withCode && <CodeField {...form.register("code")} error={errors.code?.message} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant={variant} isPending={isPending}>
          {submit}
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}
