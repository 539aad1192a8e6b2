"use client";

import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { useText } from "@/hooks/text";
import { saveFile } from "@/lib/save-file";

interface RecoveryCodesProps {
  codes: readonly string[];
  onKept: () => void;
}

/** Shown this one time. The page does not let go of them by accident. */
export default function RecoveryCodes({ codes, onKept }: RecoveryCodesProps) {
  const t = useText();
  const [isKept, setKept] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", stay);
    return () => globalThis.removeEventListener("beforeunload", stay);
  }, []);
  const text = `${codes.join("\n")}\n`;
  const download = () =>
    saveFile(
      "daybook-recovery-codes.txt",
      new Blob([`${t("Recovery codes for Daybook. Each works once.")}\n\n${text}`], { type: "text/plain" }),
    );

  return (
    <div className="grid animate-rise gap-5">
      <div>
        <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
          {t("Keep these recovery codes")}
        </h3>
        <p className="mt-1 text-pretty text-soft text-sm">
          {t(
            "If your phone is lost, each of them lets you in once. They are not shown again. Print them, or put them into your password manager.",
          )}
        </p>
      </div>
      <ul
        aria-label={t("Recovery codes")}
        className="grid gap-x-8 gap-y-2 rounded-2xl bg-sunken p-5 font-mono tracking-wider sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={text} what={t("the recovery codes")} label={t("Copy")} />
        <Button onClick={download}>
          <Download aria-hidden className="size-4" />
          {t("Download")}
        </Button>
      </div>
      <CheckField
        label={t("I have kept them in a safe place")}
        checked={isKept}
        onChange={(event) => setKept(event.target.checked)}
      />
      <Button variant="primary" disabled={!isKept} onClick={onKept} className="w-fit">
        {t("Done")}
      </Button>
    </div>
  );
}
