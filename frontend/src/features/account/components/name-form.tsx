"use client";

import { useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { rename } from "@/features/account/api";
import type { ProfileValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";

const resolver = lazyResolver(async () => (await import("@/features/account/resolvers")).profileResolver);

export default function NameForm({ name }: { name: string }) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<ProfileValues>({ resolver, defaultValues: { display_name: name }, mode: "onTouched" });
  const { onSubmit, failure, isPending } = useSubmission(form, async (values) => {
    await rename(connection, values.display_name);
    form.reset(values);
    void notify("message", t("Name saved"));
  });
  const { errors, isDirty } = form.formState;
  return (
    <form onSubmit={onSubmit} noValidate className="grid gap-4">
      {failure !== undefined && <Failure error={failure} />}
      <TextField
        label={t("Name")}
        autoComplete="name"
        description={t("Optional. Shown in the menu.")}
        {...form.register("display_name")}
        error={errors.display_name?.message}
      />
      <Button type="submit" isPending={isPending} disabled={!isDirty && !isPending} className="w-fit">
        {t("Save the name")}
      </Button>
    </form>
  );
}
