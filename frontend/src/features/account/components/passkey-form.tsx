"use client";

import { useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { addPasskey } from "@/features/account/api";
import { AccountName } from "@/features/account/components/account-name";
import { CodeField } from "@/features/account/components/code-field";
import { deviceName } from "@/features/account/device-name";
import type { PasskeyValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import type { AddedPasskey } from "@/lib/api/types";

const load = () => import("@/features/account/resolvers");
const passwordOnly = lazyResolver(async () => (await load()).passkeyResolver);
const both = lazyResolver(async () => (await load()).passkeyWithCodeResolver);

interface PasskeyFormProps {
  /** A code of the authenticator app, or a recovery code, is asked for as well. */
  withCode: boolean;
  onAdded: (passkey: AddedPasskey) => void;
  onClose: () => void;
}

export default function PasskeyForm({ withCode, onAdded, onClose }: PasskeyFormProps) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<PasskeyValues>({
    resolver: withCode ? both : passwordOnly,
    defaultValues: { name: deviceName(t, navigator.userAgent), password: "", code: "" },
  });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    async ({ name, password, code }) => {
      const passkey = await addPasskey(connection, name, { password, ...(withCode && { code }) });
      void notify("message", t("Passkey added"), { description: name });
      onAdded(passkey);
    },
    { password: "password", ...(withCode && { code: "code" }) },
  );
  const { errors } = form.formState;
  return (
    <form onSubmit={onSubmit} noValidate className="grid animate-rise gap-4 rounded-2xl bg-sunken p-4 sm:p-5">
      <p className="text-pretty text-soft text-sm">{t("Your browser will ask where to keep it.")}</p>
      {failure !== undefined && <Failure error={failure} />}
      <TextField
        label={t("Name")}
        description={t("So that you know it again: a device, a key ring.")}
        autoComplete="off"
        autoFocus
        {...form.register("name")}
        error={errors.name?.message}
      />
      <AccountName />
      <PasswordField
        label={t("Your password")}
        autoComplete="current-password"
        {...form.register("password")}
        error={errors.password?.message}
      />
      {withCode && <CodeField {...form.register("code")} error={errors.code?.message} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t("Create the passkey")}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}
