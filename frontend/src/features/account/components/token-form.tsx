"use client";

import { useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { PasswordField } from "@/components/ui/password-field";
import { SelectField } from "@/components/ui/select-field";
import { TextField } from "@/components/ui/text-field";
import { createToken } from "@/features/account/api";
import { AccountName } from "@/features/account/components/account-name";
import type { TokenValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import type { ApiToken, CreatedApiToken } from "@/lib/api/types";
import { text } from "@/lib/i18n/translate";

const resolver = lazyResolver(async () => (await import("@/features/account/resolvers")).tokenResolver);

const lifetimes = [
  { value: "7", label: text("7 days") },
  { value: "30", label: text("30 days") },
  { value: "90", label: text("90 days") },
  { value: "365", label: text("A year") },
] as const;

interface TokenFormProps {
  onCreated: (created: CreatedApiToken) => void;
  onClose: () => void;
}

export default function TokenForm({ onCreated, onClose }: TokenFormProps) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<TokenValues>({
    resolver,
    defaultValues: { name: "", scopes: ["todos:read"], expires_in_days: "30", password: "" },
  });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    async ({ name, scopes, expires_in_days, password }) => {
      const body = { name, password, expires_in_days: Number(expires_in_days) };
      onCreated(await createToken(connection, { ...body, scopes: scopes as ApiToken["scopes"] }));
    },
    { password: "password" },
  );
  const { errors } = form.formState;
  return (
    <form onSubmit={onSubmit} noValidate className="grid animate-rise gap-5 rounded-2xl bg-sunken p-4 sm:p-5">
      {failure !== undefined && <Failure error={failure} />}
      <TextField
        label={t("Name")}
        description={t("What it is for, such as “backup script”.")}
        autoComplete="off"
        autoFocus
        {...form.register("name")}
        error={errors.name?.message}
      />
      <fieldset className="grid gap-3" aria-describedby="scopes-error">
        <legend className="mb-2.5 font-medium text-sm">{t("It may")}</legend>
        <CheckField
          label={t("Read todos")}
          description={t("See your lists and everything in them.")}
          value="todos:read"
          {...form.register("scopes")}
        />
        <CheckField
          label={t("Change todos")}
          description={t("Add, edit and delete.")}
          value="todos:write"
          {...form.register("scopes")}
        />
        <p id="scopes-error" aria-live="polite" className="text-danger text-sm empty:hidden">
          {t.any(errors.scopes?.message ?? "")}
        </p>
      </fieldset>
      <SelectField
        label={t("Ends after")}
        options={lifetimes.map(({ value, label }) => ({ value, label: t(label) }))}
        {...form.register("expires_in_days")}
      />
      <AccountName />
      <PasswordField
        label={t("Your password")}
        autoComplete="current-password"
        {...form.register("password")}
        error={errors.password?.message}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t("Create the token")}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}
