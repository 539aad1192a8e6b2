"use client";

import { Smartphone } from "lucide-react";
import { useEffect, useRef } from "react";
import { useForm } from "react-hook-form";
import { CopyButton } from "@/components/copy-button";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { confirmTotp } from "@/features/account/api";
import type { ConfirmValues } from "@/features/account/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import type { TotpSetup } from "@/lib/api/types";

const resolver = lazyResolver(async () => (await import("@/features/account/resolvers")).confirmResolver);

interface AuthenticatorSetupProps {
  setup: TotpSetup;
  /** With the recovery codes. */
  onConfirmed: (codes: string[]) => void;
  onCancel: () => void;
}

/** The picture to scan, the same as text, and the first code as the proof that it worked. */
export default function AuthenticatorSetup({ setup, onConfirmed, onCancel }: AuthenticatorSetupProps) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<ConfirmValues>({ resolver, defaultValues: { code: "" } });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    async ({ code }) => onConfirmed(await confirmTotp(connection, code.replaceAll(/\s/g, ""))),
    { code: "code" },
  );
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <form onSubmit={onSubmit} noValidate className="grid animate-rise gap-5">
      <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
        {t("1. Scan this with your authenticator app")}
      </h3>
      <div className="flex flex-wrap items-start gap-5">
        {/* An image cannot run scripts, whatever the document says. White in dark mode, too: cameras need it. */}
        {/* biome-ignore lint/performance/noImgElement: a data address, nothing to optimise. */}
        <img
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(setup.qr_svg)}`}
          alt={t("QR code for the authenticator app. The same secret is given as text beside it.")}
          className="size-44 rounded-2xl border bg-white p-2"
        />
        <div className="min-w-0 flex-1 basis-60">
          <p className="text-soft text-sm">{t("No camera at hand? Type this secret instead:")}</p>
          <div className="mt-2 flex items-center gap-1 rounded-xl bg-sunken py-1 pe-1 ps-3.5">
            <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">
              {inFours(setup.secret)}
            </code>
            <CopyButton text={setup.secret} what={t("the secret")} />
          </div>
          <a
            href={setup.uri}
            className="mt-3 inline-flex items-center gap-2 rounded-sm font-medium text-accent text-sm underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
          >
            <Smartphone aria-hidden className="size-4" />
            {t("Open an app on this device")}
          </a>
        </div>
      </div>
      <h3 className="font-medium">{t("2. Enter the code it shows")}</h3>
      {failure !== undefined && <Failure error={failure} />}
      <div className="max-w-60">
        <TextField
          label={t("Six digits")}
          inputMode="numeric"
          autoComplete="one-time-code"
          look="code"
          {...form.register("code")}
          error={form.formState.errors.code?.message}
        />
      </div>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t("Turn it on")}
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}

const inFours = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ");
