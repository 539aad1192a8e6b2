"use client";

import { Component } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useText } from "@/hooks/text";

interface BoundaryProps {
  children: React.ReactNode;
}

/** Keeps a mistake in one part of the page from taking the others with it. What was being typed is in the drafts. */
export class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown) {
    globalThis.reportError(error);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <Failed onRetry={() => this.setState({ failed: false })} />;
  }
}

function Failed({ onRetry }: { onRetry: () => void }) {
  const t = useText();
  return (
    <Notice
      tone="error"
      title={t("This part has failed")}
      action={<Button onClick={onRetry}>{t("Try again")}</Button>}
    >
      {t("That is a mistake of ours. What you wrote is kept on this device.")}
    </Notice>
  );
}
