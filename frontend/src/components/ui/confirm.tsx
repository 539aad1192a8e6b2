"use client";

import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button } from "@/components/ui/button";

interface ConfirmProps {
  title: string;
  children: React.ReactNode;
  confirm: string;
  cancel: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that cannot be taken back. The safe answer is the first one. Loaded when it is wanted. */
export default function Confirm({ title, children, confirm, cancel, onConfirm, onCancel }: ConfirmProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onCancel()}
      className="backdrop fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4 backdrop-blur-[2px]"
    >
      <Modal className="w-full max-w-md rounded-2xl border bg-raised p-6 shadow-pop data-entering:animate-rise">
        <Dialog role="alertdialog" className="outline-none">
          <Heading slot="title" className="font-semibold text-lg">
            {title}
          </Heading>
          <div className="mt-2 text-soft">{children}</div>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <Button autoFocus onClick={onCancel}>
              {cancel}
            </Button>
            <Button variant="danger" onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
