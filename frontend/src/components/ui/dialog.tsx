"use client";

import { X } from "lucide-react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button } from "@/components/ui/button";
import { useText } from "@/hooks/text";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: React.ReactNode;
}

/** A page over the page, for what one wants to look at by itself. Heavy: loaded when it is wanted. */
export default function Dialog({ title, onClose, children }: DialogProps) {
  const t = useText();
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="backdrop fixed inset-0 z-40 grid items-end justify-items-center overflow-y-auto backdrop-blur-[2px] sm:items-center sm:p-4 print:hidden"
    >
      <Modal className="max-h-[92dvh] w-full max-w-2xl overflow-y-auto overscroll-contain rounded-t-3xl border bg-raised shadow-pop data-entering:animate-rise sm:rounded-2xl">
        <AriaDialog className="p-5 outline-none sm:p-6">
          <div className="mb-4 flex items-start justify-between gap-4">
            <Heading slot="title" className="font-semibold text-lg tracking-tight">
              {title}
            </Heading>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t("Close")}
              onClick={onClose}
              className="-me-2 -mt-2"
            >
              <X aria-hidden className="size-4.5" />
            </Button>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
