"use client";

import { useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Loaded } from "@/components/loaded";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { deleteAccount, loadSecondFactor } from "@/features/account/api";
import { AccountName } from "@/features/account/components/account-name";
import { CodeField } from "@/features/account/components/code-field";
import { DELETE_WORD } from "@/features/account/delete-word";
import type { DeleteValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useLoaded } from "@/hooks/use-loaded";

const rules = () => import("@/features/account/resolvers");
const withoutCode = lazyResolver(async () => (await rules()).deleteResolver);
const withCode = lazyResolver(async () => (await rules()).deleteWithCodeResolver);

/** Asks once more, and for everything that shows who is asking. */
export default function DeleteForm({ onClose }: { onClose: () => void }) {
  const factor = useLoaded(loadSecondFactor);
  return (
    <Loaded resource={factor} skeleton={<Skeleton className="h-64 w-full rounded-2xl" />}>
      {({ totp }) => <Form asksForCode={totp} onClose={onClose} />}
    </Loaded>
  );
}

function Form({ asksForCode, onClose }: { asksForCode: boolean; onClose: () => void }) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<DeleteValues>({
    resolver: asksForCode ? withCode : withoutCode,
    defaultValues: { password: "", code: "", word: "" },
  });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    ({ password, code }) => deleteAccount(connection, asksForCode ? { password, code } : { password }),
    { password: "password", code: "code" },
  );
  const { errors } = form.formState;
  return (
    <form
      onSubmit={onSubmit}
      noValidate
      className="grid animate-rise gap-5 rounded-2xl bg-danger-soft p-4 sm:p-5"
    >
      <div className="grid gap-2 text-sm">
        <p className="font-medium">{t("What happens then")}</p>
        <ul className="list-disc space-y-1 ps-5 text-soft">
          <li>{t("Every device is signed out within a second, and API tokens stop working.")}</li>
          <li>{t("Your todos are erased. Nobody can bring them back, we neither.")}</li>
          <li>{t("The e-mail address is free for a new account.")}</li>
        </ul>
      </div>
      {failure !== undefined && <Failure error={failure} />}
      <AccountName />
      <PasswordField
        label={t("Your password")}
        autoComplete="current-password"
        autoFocus
        {...form.register("password")}
        error={errors.password?.message}
      />
      {asksForCode && <CodeField {...form.register("code")} error={errors.code?.message} />}
      <TextField
        label={t("Type “{word}” to go on", { word: t(DELETE_WORD) })}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        {...form.register("word")}
        error={errors.word?.message}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant="danger" isPending={isPending}>
          {t("Delete everything")}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {t("Keep my account")}
        </Button>
      </div>
    </form>
  );
}
