"use client";

import { type Control, useForm, useFormState, useWatch } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { PasswordHint } from "@/components/form/password-hint";
import { useSubmission } from "@/components/form/use-submission";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { changePassword } from "@/features/account/api";
import { AccountName } from "@/features/account/components/account-name";
import type { PasswordValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useSession } from "@/hooks/use-session";
import type { SecondFactor } from "@/lib/passwords";

const load = () => import("@/features/account/resolvers");
const alone = lazyResolver(async () => (await load()).passwordResolver);
const besideSecondFactor = lazyResolver(async () => (await load()).shortPasswordResolver);

interface PasswordFormProps {
  secondFactor: SecondFactor;
  onClose: () => void;
}

export default function PasswordForm({ secondFactor, onClose }: PasswordFormProps) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<PasswordValues>({
    resolver: secondFactor === "none" ? alone : besideSecondFactor,
    defaultValues: { current_password: "", new_password: "" },
    mode: "onTouched",
  });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    async (values) => {
      await changePassword(connection, values);
      void notify("message", t("Password changed"), { description: t("Your other devices are signed out.") });
      onClose();
    },
    { password: "current_password" },
  );
  const { errors } = form.formState;
  return (
    <form onSubmit={onSubmit} noValidate className="grid animate-rise gap-5">
      {failure !== undefined && <Failure error={failure} />}
      <AccountName />
      <PasswordField
        label={t("Current password")}
        autoComplete="current-password"
        autoFocus
        {...form.register("current_password")}
        error={errors.current_password?.message}
        aside={<TextLink href={paths.forgot}>{t("Forgot it?")}</TextLink>}
      />
      <PasswordField
        label={t("New password")}
        autoComplete="new-password"
        description={<Hint control={form.control} secondFactor={secondFactor} />}
        {...form.register("new_password")}
        error={errors.new_password?.message}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t("Save the password")}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}

interface HintProps {
  control: Control<PasswordValues>;
  secondFactor: SecondFactor;
}

function Hint({ control, secondFactor }: HintProps) {
  const { user } = useSession();
  const password = useWatch({ control, name: "new_password" });
  const { errors } = useFormState({ control });
  return (
    <PasswordHint
      password={password}
      about={[user?.email ?? "", user?.display_name ?? ""]}
      secondFactor={secondFactor}
      isRefused={errors.new_password?.type === "server"}
    />
  );
}
