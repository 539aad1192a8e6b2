"use client";

import { lazy, Suspense, useState } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { useText } from "@/hooks/text";

const load = () => import("@/components/ui/confirm");
const Confirm = lazy(load);

interface ConfirmButtonProps extends Omit<ButtonProps, "onClick"> {
  question: string;
  /** What follows if it is done. */
  explanation: React.ReactNode;
  confirm: string;
  onConfirm: () => void;
}

/** A button that asks before it does what cannot be taken back. */
export function ConfirmButton({ question, explanation, confirm, onConfirm, ...button }: ConfirmButtonProps) {
  const t = useText();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button {...button} onPointerEnter={load} onFocus={load} onClick={() => setAsking(true)} />
      {isAsking && (
        <Suspense>
          <Confirm
            title={question}
            confirm={confirm}
            cancel={t("Cancel")}
            onCancel={() => setAsking(false)}
            onConfirm={() => {
              setAsking(false);
              onConfirm();
            }}
          >
            {explanation}
          </Confirm>
        </Suspense>
      )}
    </>
  );
}
