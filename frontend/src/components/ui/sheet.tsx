"use client";

import { Dialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

interface SheetProps {
  label: string;
  onClose: () => void;
  children: React.ReactNode;
}

/** A part of the page that comes over the others where there is no room beside them: from below on a phone. */
export default function Sheet({ label, onClose, children }: SheetProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="backdrop fixed inset-0 z-40 flex items-end justify-end backdrop-blur-[2px] sm:items-stretch print:hidden"
    >
      <Modal className="max-h-[92dvh] w-full overflow-y-auto overscroll-contain rounded-t-3xl border-t bg-canvas pb-[env(safe-area-inset-bottom)] shadow-pop data-entering:animate-rise sm:max-h-none sm:w-105 sm:rounded-none sm:border-s sm:border-t-0">
        <Dialog aria-label={label} className="outline-none">
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
